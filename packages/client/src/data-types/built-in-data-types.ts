import { accounts, type SecretsOption } from "./accounts.ts";
import { contacts } from "./contacts.ts";
import { preferences } from "./preferences.ts";
import { signatures } from "./signatures.ts";

/** The four data types of a mail client, by name. Without secrets unless they are asked for. */
export const builtInDataTypes = (options: SecretsOption = {}) => ({
  accounts: accounts(options),
  contacts,
  preferences: preferences(options),
  signatures,
});
