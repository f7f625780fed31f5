import type { Command } from "commander";
import { addUserCreate } from "./user-create.ts";
import { addUserDelete } from "./user-delete.ts";
import { addUserDisable } from "./user-disable.ts";
import { addUserEnable } from "./user-enable.ts";
import { addUserExport } from "./user-export.ts";
import { addUserInvite } from "./user-invite.ts";
import { addUserList } from "./user-list.ts";
import { addUserSignOut } from "./user-sign-out.ts";

export function addUser(program: Command): void {
  const user = program
    .command("user")
    .description("accounts: list, create, invite, disable, enable, sign-out, delete, export")
    .addHelpText("after", "\nAn account is named by its e-mail address or its id.");
  for (const add of [
    addUserList,
    addUserCreate,
    addUserInvite,
    addUserDisable,
    addUserEnable,
    addUserSignOut,
    addUserDelete,
    addUserExport,
  ]) {
    add(user);
  }
}
