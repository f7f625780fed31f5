import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeText } from "./decode-text.ts";
import { logicalLines, type LogicalLine } from "./logical-lines.ts";
import { maxLineBytes, type VcardSource } from "./physical-lines.ts";

async function all(source: VcardSource): Promise<LogicalLine[]> {
  const lines: LogicalLine[] = [];
  for await (const line of logicalLines(source)) lines.push(line);
  return lines;
}

const linesOf = async (source: VcardSource) =>
  (await all(source)).map(({ bytes, line }) => `${line} ${decodeText(bytes, null).text}`);

describe("content lines", () => {
  it("end with CR LF, LF or CR, and have the number of their first line", async () => {
    for (const end of ["\r\n", "\n", "\r", "\r\r\n"]) {
      expect(await linesOf(["A:1", "B:2", " 3", "", "C:4"].join(end))).toEqual(["1 A:1", "2 B:23", "5 C:4"]);
    }
  });

  it("do not depend on where the file is cut into chunks", async () => {
    const file = Buffer.from("\ufeffFN:Ayşe 😀\r\nNOTE:bir\r\n  iki\r\n\tüç\r\n\r\nX:y\n", "utf8");
    const whole = await linesOf([file]);
    expect(whole).toEqual(["1 FN:Ayşe 😀", "2 NOTE:bir ikiüç", "6 X:y"]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(file.length), { maxLength: 8 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), file.length];
        const chunks = places.slice(1).map((end, i) => file.subarray(places[i], end));
        expect(await linesOf(chunks)).toEqual(whole);
      }),
    );
  });

  it("may be given as text, cut within a letter", async () => {
    expect(await linesOf(["FN:\ud83d", "\ude00\n"])).toEqual(["1 FN:😀"]);
  });

  it("in UTF-16 become UTF-8", async () => {
    const little = Buffer.from("\ufeffFN:İpek\r\n", "utf16le");
    expect(await linesOf([little])).toEqual(["1 FN:İpek"]);
    expect(await linesOf([little.subarray(0, 1), little.subarray(1, 5), little.subarray(5)])).toEqual(["1 FN:İpek"]);
    expect(await linesOf([Buffer.from(little).swap16()])).toEqual(["1 FN:İpek"]);
  });

  it("a letter that a fold cuts between its bytes grows together again", async () => {
    const [first, second] = [...Buffer.from("ş")];
    const file = Buffer.concat([Buffer.from("FN:Ay"), Buffer.of(first!, 13, 10, 32, second!), Buffer.from("e\r\n")]);
    expect(await linesOf([file])).toEqual(["1 FN:Ayşe"]);
  });

  it("a line beyond all measure is left out, and the next is read", async () => {
    function* chunks() {
      yield "A:";
      for (let i = 0; i <= maxLineBytes; i += 4 * 1024 * 1024) yield "x".repeat(4 * 1024 * 1024);
      yield "\nB:2\n";
    }
    const lines = await all(chunks());
    expect(lines).toEqual([
      { bytes: "", line: 1, isTooLong: true },
      { bytes: "B:2", line: 2, isTooLong: false },
    ]);
  });
});
