/** Opens a night's kit: in the file itself, without any server, and at the desk, which takes its packages.
 *
 * The same as `gridwell/screening/kit_file.py`; both are held to contracts/vectors/screening/kit.json.
 * Imports nothing: the built file stands whole inside the kit.
 */

export type Fault = "kit_wrong" | "kit_old";

export class KitFault extends Error {
  constructor(readonly code: Fault) {
    super(code);
  }
}

const SEALED = /GRIDWELL-KIT-2:(\d{6,7}):([\w+/]+=*):([\w+/]+=*)/;
const NONCE = 12;

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

async function keyOf(phrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(phrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
}

/** Returns the texts of a kit by name; a wrong passphrase or a damaged file is refused alike. */
export async function openKit(text: string, phrase: string): Promise<Record<string, string>> {
  if (!globalThis.crypto?.subtle || typeof DecompressionStream === "undefined") throw new KitFault("kit_old");
  const found = SEALED.exec(text);
  if (found === null) throw new KitFault("kit_wrong");
  const [, times, salt, sealed] = found as unknown as [string, string, string, string];
  try {
    const data = bytes(sealed);
    const additionalData = new TextEncoder().encode(`GRIDWELL-KIT-2:${times}:${salt}`);
    const how = { name: "AES-GCM", iv: data.slice(0, NONCE), additionalData };
    const packed = await crypto.subtle.decrypt(how, await keyOf(phrase, bytes(salt), Number(times)), data.slice(NONCE));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text()) as Record<string, string>;
  } catch {
    throw new KitFault("kit_wrong");
  }
}

/** Shows the papers of a kit that is open: one building or all, and the lines in which something stands. */
class Papers {
  private readonly sheets = document.querySelector<HTMLElement>("[data-kit-sheets]")!;
  private readonly paper = document.querySelector<HTMLSelectElement>("[data-kit-paper]")!;
  private readonly building = document.querySelector<HTMLSelectElement>("[data-kit-building]")!;
  private readonly find = document.querySelector<HTMLInputElement>("[data-kit-find]")!;

  constructor(
    private readonly root: HTMLElement,
    private readonly files: Record<string, string>,
  ) {
    this.paper.addEventListener("change", () => this.lay());
    this.building.addEventListener("change", () => this.narrow());
    this.find.addEventListener("input", () => this.narrow());
    document.querySelector("[data-kit-print]")!.addEventListener("click", () => print());
    this.lay();
  }

  private lay(): void {
    const page = new DOMParser().parseFromString(this.files[this.paper.value] ?? "", "text/html");
    const sections = [...page.querySelectorAll("section")];
    this.sheets.replaceChildren(...sections.map((one) => document.importNode(one, true)));
    const chosen = this.building.value;
    const names = sections.map((one) => one.querySelector("h2")?.firstChild?.textContent?.trim() ?? "");
    this.building.length = 1;
    for (const [at, name] of names.entries()) this.building.add(new Option(name, String(at), false, String(at) === chosen));
    this.narrow();
  }

  private narrow(): void {
    const asked = this.find.value.trim().toLowerCase();
    let found = 0;
    for (const [at, section] of [...this.sheets.children].entries()) {
      const isAsked = this.building.value === "" || this.building.value === String(at);
      let lines = 0;
      for (const line of section.querySelectorAll<HTMLElement>("tbody tr")) {
        line.hidden = asked !== "" && !line.textContent.toLowerCase().includes(asked);
        if (!line.hidden) lines += 1;
      }
      (section as HTMLElement).hidden = !isAsked || (asked !== "" && lines === 0);
      if (!(section as HTMLElement).hidden) found += 1;
    }
    const said = document.querySelector("[data-kit-said]")!;
    said.textContent = found === 0 ? (this.root.dataset["sayNone"] ?? "") : "";
  }
}

function start(root: HTMLElement): void {
  const form = root.querySelector<HTMLFormElement>("[data-kit-form]")!;
  const said = root.querySelector("[data-kit-said]")!;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const phrase = String(new FormData(form).get("phrase") ?? "");
    openKit(document.getElementById("kit")?.textContent ?? "", phrase).then(
      (files) => {
        form.hidden = true;
        said.textContent = "";
        root.querySelector<HTMLElement>("[data-kit-open]")!.hidden = false;
        new Papers(root, files);
      },
      (fault: unknown) => {
        const isOld = fault instanceof KitFault && fault.code === "kit_old";
        said.textContent = (isOld ? root.dataset["sayOld"] : root.dataset["sayWrong"]) ?? "";
      },
    );
  });
}

const root = document.querySelector<HTMLElement>("[data-kit]");
if (root !== null) start(root);
