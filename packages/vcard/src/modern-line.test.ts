import { describe, expect, it } from "vitest";
import { toModernLine } from "./modern-line.ts";

const modern = (line: string, is21 = false): string =>
  toModernLine(Buffer.from(line, "utf8").toString("latin1"), is21).line;

describe("lines of 2.1 and of careless programs", () => {
  it.each([
    ["TEL;HOME;CELL:1", "TEL;TYPE=HOME,CELL:1"],
    ["TEL;WORK;TYPE=fax:1", "TEL;TYPE=WORK,fax:1"],
    ["PHOTO;JPEG;BASE64:AAAA", "PHOTO;TYPE=JPEG;ENCODING=BASE64:AAAA"],
    ["FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Ay=C5=9Fe=0D=0A=C4=B0kinci", "FN:Ayşe\\nİkinci"],
    ["N;CHARSET=UTF-8:Şen;Ece;;;", "N:Şen;Ece;;;"],
    ["X-A;P=1;P=2:v", 'X-A;P="1,2":v'],
    ["TEL;;TYPE=home;:1", "TEL;TYPE=home:1"],
    ['ADR;LABEL="a:b;c":;;x', 'ADR;LABEL="a:b;c":;;x'],
    ['X-A;P="never ends:v', 'X-A;P="never ends:v'],
  ])("%s", (line, expected) => {
    expect(modern(line)).toBe(expected);
  });

  it("commas and backslashes of 2.1 are text; only semicolons divide", () => {
    expect(modern("ADR;WORK:;;Road 1, Flat 2;C:\\Town\\;x", true)).toBe(
      "ADR;TYPE=WORK:;;Road 1\\, Flat 2;C:\\\\Town\\;x",
    );
    expect(modern("CATEGORIES:a,b", true)).toBe("CATEGORIES:a,b");
    expect(modern("URL:http://x/a,b", true)).toBe("URL:http://x/a,b");
  });

  it("a charset that is named is believed only when the bytes are no UTF-8", () => {
    expect(toModernLine("FN;CHARSET=windows-1254:I\u00fe\u00fdl", false)).toEqual({ line: "FN:Işıl", guessed: null });
    expect(toModernLine("FN:J\u00f6rg", false)).toEqual({ line: "FN:Jörg", guessed: "windows-1252" });
    expect(toModernLine("FN;CHARSET=no-such:J\u00f6rg", false).line).toBe("FN:Jörg");
    expect(modern("FN;CHARSET=windows-1254:Işıl")).toBe("FN:Işıl");
  });

  it("a line without a value is none", () => {
    expect(() => modern("TEL")).toThrow("a line without a value");
  });
});
