import { saveFile } from "../files/save-file.ts";

export const saveRecoveryKey = (recoveryKey: string): void =>
  saveFile("owlivion-recovery-key.txt", [`${recoveryKey}\n`], "text/plain");
