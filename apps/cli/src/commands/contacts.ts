import type { Command } from "commander";
import { addContactsExport } from "./contacts-export.ts";
import { addContactsImport } from "./contacts-import.ts";

export function addContacts(program: Command): void {
  const contacts = program
    .command("contacts")
    .description("an address book as a vCard file: import, export")
    .addHelpText("after", "\nExample:\n  owlivion contacts import contacts.vcf --dir ./a");
  addContactsImport(contacts);
  addContactsExport(contacts);
}
