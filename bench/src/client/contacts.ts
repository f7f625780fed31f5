import type { Contact } from "@owlivion/sync-client";

const given = ["Ada", "Grace", "Ayşe", "Mehmet", "Zoë", "Łukasz", "Chidi", "Yuki", "Iñigo", "Ole"];
const family = ["Lovelace", "Hopper", "Yılmaz", "Öztürk", "Kowalski", "Anagonye", "Tanaka", "Montoya", "Nordmann"];
const words = "met at the fair likes tea calls on monday ask about the boat sister of owes a book".split(" ");

/** A contact as people have them: some 400 bytes of JSON, padded to 512 with its stamps. */
export function makeContact(n: number): Contact {
  const name = `${given[n % given.length]} ${family[n % family.length]} ${n}`;
  const note = Array.from({ length: 40 + (n % 25) }, (_, i) => words[(n * 7 + i * 5) % words.length]).join(" ");
  return {
    name,
    emails: [`person.${n}@example.com`, `p${n}@work.example`],
    phones: [`+90 532 ${String(1_000_000 + n).slice(0, 3)} ${String(n).padStart(4, "0")}`],
    company: `Company ${n % 400} Ltd.`,
    notes: note,
  };
}
