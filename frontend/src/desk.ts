/** The desk's script: everything here improves pages that already work without it. */

import { startBoard } from "./core/board_view";
import { startConfirm } from "./core/confirm_view";
import { startCopy } from "./core/copy_view";
import { startForms } from "./core/forms_view";
import { startHtmx } from "./core/htmx_view";
import { startIdle } from "./core/idle_view";
import { startKeys } from "./core/keys_view";
import { startNav } from "./core/nav_view";
import { startPairs } from "./core/pairs_view";
import { startPicker } from "./core/picker_view";
import { startSearch } from "./core/search_view";
import { startTicks } from "./core/ticks_view";
import { startToasts } from "./core/toast_view";
import { startSlotKeys } from "./desk/slots_keys";
import { startPointer } from "./desk/slots_pointer";
import { startLeave } from "./screening/leave_view";

document.documentElement.classList.replace("no-js", "js");

startHtmx();
startConfirm();
startForms();
startToasts();
startKeys();
startSearch();
startNav();
startTicks();
startCopy();
startBoard();
startPairs();
startPicker();
startPointer();
startSlotKeys();
startIdle();
startLeave();
