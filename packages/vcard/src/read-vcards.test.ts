import { describe, expect, it } from "vitest";
import { readVcards } from "./read-vcards.ts";
import { cardOf, exportOf, readAll, readContacts } from "./vcard.fixture.ts";

describe("exports as programs write them", () => {
  it("iOS: labels, groups, a birthday without a year, a photo", async () => {
    const [ayse, shop] = await readContacts([exportOf("ios")]);
    expect(ayse).toMatchObject({
      name: "Dr. Ayşe Nur Yılmaz",
      givenName: "Ayşe",
      familyName: "Yılmaz",
      middleName: "Nur",
      namePrefix: "Dr.",
      nickname: "Ayşo",
      company: "Örnek Yazılım A.Ş.",
      department: "Satış",
      emails: [
        { value: "ayse.yilmaz@ornek.example", types: ["work"], preferred: true },
        { value: "ayse@yazlik.example", label: "Yazlık" },
      ],
      phones: [
        { value: "+90 532 000 00 01", types: ["cell", "voice"], preferred: true },
        { value: "+90 212 000 00 02", types: ["home", "fax"] },
        { value: "+90 242 000 00 03", label: "Other" },
      ],
      addresses: [{ street: "Cumhuriyet Cad. 5\nKat 2", city: "Şişli", region: "İstanbul", country: "Türkiye" }],
      urls: [{ value: "https://ayse.example/özgeçmiş", label: "HomePage", preferred: true }],
      birthday: "--04-15",
      notes: "İlk satır\nikinci satır; virgül, ve 😀",
    });
    expect(ayse!.photo).toMatch(/^data:image\/jpeg;base64,\/9j\/4AAQ[A-Za-z0-9+/]+==$/);
    expect(shop).toMatchObject({ name: "Çiçekçi Gül", company: "Çiçekçi Gül" });
  });

  it("Google: escaped colons, compact dates, groups, a photo elsewhere", async () => {
    const [grace, shop] = await readContacts([exportOf("google")]);
    expect(grace).toMatchObject({
      emails: [
        { value: "grace@navy.example", types: ["work"] },
        { value: "gmh@univac.example", label: "Univac" },
      ],
      urls: [{ value: "https://example.com/grace?a=1,2", label: "PROFILE" }],
      birthday: "1906-12-09",
      groups: ["myContacts", "starred"],
      notes: 'Nanoseconds, "bugs" and \\ backslashes',
      photo: "https://photos.example/grace.jpg",
    });
    expect(shop!.emails).toEqual(["noreply@shop.example"]);
  });

  it("Outlook: 2.1, quoted-printable, charsets, base64 without folds", async () => {
    const cards = await readAll([exportOf("outlook")]);
    expect(cards.map(({ problems }) => problems)).toEqual([
      [],
      [{ line: 27, message: "this is not UTF-8; it was read as windows-1252" }],
    ]);
    const [isil, joerg] = cards.map(({ contact }) => contact);
    expect(isil).toMatchObject({
      name: "Işıl Öztürk",
      company: "Doğan, Öz & Ortakları",
      notes: "Birinci satır\nİkinci satır, virgüllü; \\ters kesik",
      phones: [
        { value: "(0212) 000 00 11", types: ["work", "voice"] },
        { value: "0533 000 00 12", types: ["cell", "voice"] },
      ],
      addresses: [{ street: "İstiklal Cad. 10, Kat 3", city: "Beyoğlu", types: ["work"], preferred: true }],
      emails: [{ value: "isil@dogan.example", preferred: true }],
      birthday: "1978-03-20",
    });
    expect(isil!.photo).toMatch(/^data:image\/png;base64,iVBOR/);
    expect(joerg).toMatchObject({ name: "Jörg Meyer", phones: [{ value: "030 000000", types: ["home"] }] });
    expect(joerg!.photo).toMatch(/^data:image\/jpeg;base64,\/9j\/.*2Q==$/);
  });

  it("Thunderbird: 4.0, tel: URIs, VALUE, preferences", async () => {
    const [ana] = await readContacts([exportOf("thunderbird")]);
    expect(ana).toMatchObject({
      uid: "a3f1c7e2-7b1d-4f0e-9c52-0d4b5a2f9e11",
      emails: [
        { value: "ana@primjer.example", preferred: true },
        { value: "ana.kovacevic@tvrtka.example", types: ["work"] },
      ],
      phones: [
        { value: "+385-91-000-0001", types: ["cell"] },
        { value: "+385 1 000 0002", types: ["work"] },
      ],
      groups: ["Obitelj", "Posao"],
      birthday: "1990-02-29",
    });
  });
});

describe("a broken card does not stop the rest", () => {
  const good = (name: string): string => cardOf([`FN:${name}`]);

  it("text outside of cards is told once for each gap", async () => {
    const cards = await readAll(`hello\nworld\n${good("A")}x\n\ny\n${good("B")}`);
    expect(cards.map(({ contact, problems }) => [contact?.name, problems[0]?.line])).toEqual([
      [undefined, 1],
      ["A", undefined],
      [undefined, 7],
      ["B", undefined],
    ]);
  });

  it("a card without END is taken over when another begins, and refused when the file ends", async () => {
    const cards = await readAll(`BEGIN:VCARD\nFN:A\n${good("B")}BEGIN:VCARD\nFN:C\nNOTE:cut he`);
    expect(cards.map(({ contact, line, problems }) => [contact?.name, line, problems])).toEqual([
      ["A", 1, [{ line: 3, message: "another card begins before END:VCARD" }]],
      ["B", 3, []],
      [undefined, 7, [{ line: 9, message: "the file ends before END:VCARD" }]],
    ]);
  });

  it("a line that is none is told with its number, and kept", async () => {
    const [card] = await readAll(cardOf(["FN:Ada", "this is no property", "1 2:x", "NOTE:n"]));
    expect(card!.problems.map(({ line }) => line)).toEqual([4, 5]);
    expect(card!.contact).toMatchObject({ name: "Ada", notes: "n" });
    expect(card!.contact!.vcardExtra).toEqual([
      { name: "X-OWLIVION-UNREADABLE", value: "this is no property" },
      { name: "X-OWLIVION-UNREADABLE", value: "1 2:x" },
    ]);
  });

  it("an empty card is no contact; an unknown version is read all the same", async () => {
    expect((await readAll(cardOf(["N:;;;;", "FN:"])))[0]).toEqual({
      contact: null,
      line: 1,
      problems: [{ line: 1, message: "there is nothing in this card" }],
    });
    const [card] = await readAll(cardOf(["FN:Ada"], "5.0"));
    expect(card).toMatchObject({ contact: { name: "Ada" }, problems: [{ line: 1 }] });
  });

  it("a card within a card stays within", async () => {
    const agent = ["FN:Boss", "AGENT:", "BEGIN:VCARD", "VERSION:2.1", "FN:Assistant, one", "END:VCARD", "TITLE:CEO"];
    const [boss, ...others] = await readContacts(cardOf(agent, "2.1"));
    expect(others).toEqual([]);
    expect(boss).toMatchObject({ name: "Boss", title: "CEO" });
    expect(boss!.vcardExtra![0]).toEqual({
      name: "AGENT",
      value: "BEGIN:VCARD\\nVERSION:2.1\\nFN:Assistant\\, one\\nEND:VCARD",
    });
  });

  it("a photo beyond a record's size is left out and told; the rest is there", async () => {
    const large = "A".repeat(300_000);
    const [card] = await readAll(cardOf(["FN:Ada", `PHOTO;ENCODING=b;TYPE=JPEG;X-P=1:${large}`, "NOTE:n"]));
    expect(card!.contact).toEqual({ name: "Ada", notes: "n" });
    expect(card!.problems[0]!.message).toContain("too large");
    const [logo] = await readAll(cardOf(["FN:Ada", `LOGO;ENCODING=b;TYPE=JPEG:${large}`]));
    expect(logo!.contact).toEqual({ name: "Ada" });
    const [notes] = await readAll(cardOf(["FN:Ada", `NOTE:${large}`]));
    expect(notes).toMatchObject({ contact: null, problems: [{ message: "the card is too large for a contact" }] });
  });

  it("a field of a wrong shape is left out and told", async () => {
    const [card] = await readAll(cardOf(["FN:Ada", 'X-OWLIVION-FIELD;X-NAME=emailCount:"many"']));
    expect(card!.contact).toEqual({ name: "Ada" });
    expect(card!.problems[0]!.message).toContain("emailCount");
  });
});

it("10,000 cards go through one at a time", { timeout: 30_000 }, async () => {
  let made = 0;
  let read = 0;
  async function* file() {
    for (; made < 10_000; made += 1) yield cardOf([`FN:Person ${made}`, `EMAIL:p${made}@example.com`]);
  }
  for await (const { contact } of readVcards(file())) {
    expect(contact!.name).toBe(`Person ${read}`);
    read += 1;
    expect(made - read).toBeLessThan(3);
  }
  expect(read).toBe(10_000);
});
