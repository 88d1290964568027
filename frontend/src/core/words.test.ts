import { expect, test } from "vitest";

import { joined } from "./words";

test.each([
  ["zh-hans", ["张三", "", "李四"], "张三、李四"],
  ["en", ["张三", "李四"], "张三, 李四"],
  ["en", [], ""],
])("items in %s", (language, items, text) => expect(joined(items, language)).toBe(text));
