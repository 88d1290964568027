import { describe, expect, test } from "vitest";

import { Desk } from "./desk";
import type { Act, Content, Outcome, PersonRow, Stamp } from "./desk";
import { readEntry } from "./entry";

const hex = (at: number): string => at.toString(16).padStart(32, "0");
const person = (at: number, door = 0, home = "a".repeat(32), tube = ""): PersonRow => [`r:${hex(at)}`, `人${at}`, door, home, `digest${at}`, 0, tube];

function content(pool = "10"): Content {
  return {
    round: { id: 1, pool, most: 10, community: "某社区", on: "2022-11-23" },
    made_at: "2022-11-23T00:00:00Z",
    expires_at: "2022-11-24T00:00:00Z",
    key: "",
    doors: [
      [hex(900), "2-1-1501", "甲小区2号楼1单元1501"],
      [hex(901), "2-1-1502", "甲小区2号楼1单元1502"],
    ],
    people: [...Array.from({ length: 12 }, (_, at) => person(at + 1)), person(20, 1, "b".repeat(32)), person(21, 1, "b".repeat(32), "ELSEWHERE")],
  };
}

let count = 0;
const stamp: Stamp = { at: "2022-11-23T04:00:00Z", newRef: () => hex(10_000 + (count += 1)) };
const acts = (done: Outcome): Act[] => ("acts" in done ? done.acts : []);
const refusal = (done: Outcome): string => ("refusal" in done ? done.refusal : "");

function withTube(pool?: string): Desk {
  const desk = new Desk(content(pool));
  desk.scan(readEntry("TUBE00001"), stamp);
  return desk;
}

describe("a tube", () => {
  test("fills, closes by itself, and opens again when the last is undone", () => {
    const desk = withTube();
    for (let at = 1; at <= 10; at += 1) expect(acts(desk.add(`r:${hex(at)}`, stamp))).toHaveLength(1);
    expect(desk.tube?.state).toBe("closed");
    expect(refusal(desk.add(`r:${hex(11)}`, stamp))).toBe("tube_closed");
    expect(acts(desk.undo(stamp))[0]?.act).toBe("undo");
    expect(desk.open?.inside).toHaveLength(9);
    expect(acts(desk.add(`r:${hex(11)}`, stamp))).toHaveLength(1);
  });

  test("the next one closes the one before; a code is used once", () => {
    const desk = withTube();
    desk.add(`r:${hex(1)}`, stamp);
    expect(acts(desk.scan(readEntry("tube00002"), stamp)).map((act) => act.act)).toEqual(["close", "open"]);
    expect(refusal(desk.scan(readEntry("TUBE00001"), stamp))).toBe("tube_used");
  });

  test("a code that another desk has used is refused at once", () => {
    const desk = new Desk({ ...content(), codes: ["TUBE00009"] });
    expect(refusal(desk.scan(readEntry("tube00009"), stamp))).toBe("tube_used");
  });

  test("nobody is in it twice, nor in two", () => {
    const desk = withTube();
    desk.add(`r:${hex(1)}`, stamp);
    expect(refusal(desk.add(`r:${hex(1)}`, stamp))).toBe("already_in_tube");
    expect(refusal(desk.add(`r:${hex(21)}`, stamp))).toBe("in_other_tube");
    desk.scan(readEntry("TUBE00002"), stamp);
    expect(refusal(desk.add(`r:${hex(1)}`, stamp))).toBe("in_other_tube");
  });

  test("of one household takes one household", () => {
    const desk = withTube("household");
    desk.add(`r:${hex(1)}`, stamp);
    expect(refusal(desk.add(`r:${hex(20)}`, stamp))).toBe("other_household");
  });
});

describe("whom a scan means", () => {
  const names = (text: string, digest = ""): string[] => withTube().meant(readEntry(text), digest).map((one) => one.name);

  test("an ID number by its digest, a door by its number", () => {
    expect(names("11010519491231002X", "digest3")).toEqual(["人3"]);
    expect(names("2-1-1502")).toEqual(["人20", "人21"]);
    expect(names("1502")).toEqual(["人20", "人21"]);
    expect(names("2号楼1单元1502")).toEqual(["人20", "人21"]);
  });

  test("figures without dashes are a door where there is one", () => {
    const desk = withTube();
    expect(desk.asDoor(readEntry("211502"))).toEqual({ kind: "door", value: "211502" });
    expect(desk.meant(desk.asDoor(readEntry("211502")), "").map((one) => one.name)).toEqual(["人20", "人21"]);
    expect(desk.asDoor(readEntry("911502")).kind).toBe("tube");
    desk.openTube("211502", stamp, false); // said to be one
    expect(desk.asDoor(readEntry("211501")).kind).toBe("tube");
  });

  test("without a tube nobody goes anywhere", () => {
    const desk = new Desk(content());
    expect(refusal(desk.scan(readEntry("1501"), stamp))).toBe("no_tube_open");
    expect(refusal(desk.scan(readEntry("9-9-901"), stamp))).toBe("nobody_meant");
  });

  test("a door gives the choice, and all of them go in by one key", () => {
    const desk = withTube();
    const done = desk.scan(readEntry("1501"), stamp);
    expect("meant" in done && done.meant).toHaveLength(12);
    const keys = "meant" in done ? done.meant.map((one) => one.key) : [];
    expect(acts(desk.addAll(keys, stamp))).toHaveLength(10);
  });
});

test("a wrong person is corrected in place, or taken out", () => {
  const desk = withTube();
  const sample = acts(desk.add(`r:${hex(1)}`, stamp))[0]!.ref;
  expect(refusal(desk.correct(sample, `r:${hex(2)}`, " ", stamp))).toBe("reason_missing");
  const right = acts(desk.correct(sample, `r:${hex(2)}`, "扫错", stamp))[0]!.ref;
  expect(desk.tube?.inside).toEqual([{ sample: right, key: `r:${hex(2)}` }]);
  expect(desk.tubeOf(`r:${hex(1)}`, "pool")).toBe("");
  desk.correct(right, "", "没采", stamp);
  expect(desk.tube?.inside).toEqual([]);
});

test("somebody not on the list is added and put in at once", () => {
  const desk = withTube();
  const done = acts(desk.guest("来访者", "1502", "", stamp));
  expect(done.map((act) => act.act)).toEqual(["guest", "add"]);
  expect(done[1]?.body["person"]).toBe(`g:${done[0]?.ref}`);
});

test("built again from its acts it stands as it stood, whatever was refused left out", () => {
  const desk = withTube();
  const done: Act[] = [{ ref: desk.tube!.ref, act: "open", at: stamp.at, body: { code: "TUBE00001", purpose: "pool" } }];
  for (let at = 1; at <= 10; at += 1) done.push(...acts(desk.add(`r:${hex(at)}`, stamp)));
  done.push(...acts(desk.undo(stamp)), ...acts(desk.guest("来访者", "1502", "", stamp)));
  const again = new Desk(content(), done);
  expect(again.tubes).toEqual(desk.tubes);
  const without = new Desk(content(), done.filter((_, at) => at !== 3));
  expect(without.sampled).toBe(desk.sampled - 1);
});

test("what a wrong sample's tube is for decides who may stand in it", () => {
  const desk = new Desk(content());
  desk.scan(readEntry("SINGLE001"), stamp, { isSingle: true });
  const sample = acts(desk.add(`r:${hex(1)}`, stamp))[0]!.ref;
  expect(desk.purposeOf(sample)).toBe("single");
  expect(desk.tubeOf(`r:${hex(21)}`, desk.purposeOf(sample))).toBe(""); // in a pool elsewhere: no matter
  expect(refusal(desk.correct(sample, `r:${hex(21)}`, "wrong door", stamp))).toBe("");
});

describe("a tube that was left open", () => {
  const left = (): Content => ({ ...content(), tubes: [["t".repeat(32), "TUBE00009", "10", "pool", [["s".repeat(32), `r:${hex(1)}`]]]] });

  test("stands on the desk with who is in it, and takes the next", () => {
    const desk = new Desk(left());
    expect(desk.open?.code).toBe("TUBE00009");
    expect(refusal(desk.add(`r:${hex(1)}`, stamp))).toBe("already_in_tube");
    expect(acts(desk.add(`r:${hex(2)}`, stamp))).toHaveLength(1);
    expect(desk.tube?.inside).toHaveLength(2);
    expect(acts(desk.undo(stamp))[0]?.body["sample"]).not.toBe("s".repeat(32));
  });

  test("is there once, however much of it this device did itself", () => {
    const own: Act[] = [
      { ref: "t".repeat(32), act: "open", at: "", body: { code: "TUBE00009", purpose: "pool" } },
      { ref: "s".repeat(32), act: "add", at: "", body: { tube: "t".repeat(32), person: `r:${hex(1)}` } },
    ];
    expect(new Desk(left(), own).tubes).toHaveLength(1);
    expect(new Desk(left(), own).tube?.inside).toHaveLength(1);
    expect(new Desk(left(), own.slice(1)).tube?.inside).toHaveLength(1); // the opening was answered and taken off
    const right = { ref: "s".repeat(32), act: "correct" as const, at: "", body: { sample: "o".repeat(32), person: `r:${hex(1)}`, reason: "x" } };
    const before = { ref: "o".repeat(32), act: "add" as const, at: "", body: { tube: "t".repeat(32), person: `r:${hex(3)}` } };
    expect(new Desk(left(), [before, right]).tube?.inside.map((one) => one.key)).toEqual([`r:${hex(1)}`]);
  });
});

describe("a tube that was misread", () => {
  test("is asked about once, and taken when it is entered again", () => {
    const desk = withTube();
    desk.add(`r:${hex(1)}`, stamp);
    expect(desk.scan(readEntry("TUBEO0002"), stamp)).toEqual({ refusal: "tube_odd", about: "TUBE00002" });
    expect(desk.open?.code).toBe("TUBE00001");
    expect(acts(desk.scan(readEntry("TUBEO0002"), stamp)).map((act) => act.act)).toEqual(["close", "open"]);
  });

  test("of another batch is nobody's mistake", () => {
    const desk = withTube();
    expect(acts(desk.scan(readEntry("AB1234567"), stamp))).toHaveLength(1);
  });

  test("scanned twice is in hand", () => {
    const desk = withTube();
    expect(desk.scan(readEntry("TUBE00001"), stamp)).toEqual({ refusal: "tube_in_hand", about: "TUBE00001" });
  });
});
