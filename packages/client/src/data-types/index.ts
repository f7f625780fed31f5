export {
  defineDataType,
  presentFields,
  type DataType,
  type FieldPolicy,
  type MergePolicy,
  type RecordFields,
  type StandardResult,
  type StandardSchema,
} from "./data-type.ts";
export {
  contactItemValue,
  contactName,
  contacts,
  normalizeContactName,
  type Contact,
  type ContactAddress,
  type ContactItem,
  type ContactValue,
  type VcardProperty,
} from "./contacts.ts";
export {
  accounts,
  accountSecretFields,
  type Account,
  type ConnectionSecurity,
  type SecretsOption,
} from "./accounts.ts";
export { preferences, preferenceValues, type Preference } from "./preferences.ts";
export { signatures, type Signature } from "./signatures.ts";
export { builtInDataTypes } from "./built-in-data-types.ts";
