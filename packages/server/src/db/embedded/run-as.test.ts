import { expect, test } from "vitest";
import { canSearch } from "./reachable.ts";
import { chooseRunAs } from "./run-as.ts";

const passwd = "root:x:0:0::/root:/bin/sh\npostgres:x:101:104::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n";
const owner = { uid: 1000, gid: 1000 };

test.each([
  ["an ordinary user stays itself", 1000, undefined, passwd, null],
  ["Windows has no user ids", undefined, undefined, "", null],
  ["root takes the owner of the cluster", 0, owner, passwd, owner],
  ["root takes postgres for a new one", 0, undefined, passwd, { uid: 101, gid: 104 }],
  ["root takes postgres for one that root owns", 0, { uid: 0, gid: 0 }, passwd, { uid: 101, gid: 104 }],
  ["without postgres: nobody", 0, undefined, passwd.replace("postgres:", "pg:"), { uid: 65_534, gid: 65_534 }],
  ["without any passwd", 0, undefined, "", { uid: 65_534, gid: 65_534 }],
  ["a postgres with the id of root is not taken", 0, undefined, "postgres:x:0:0:::", { uid: 65_534, gid: 65_534 }],
])("%s", (_case, ourUid, clusterOwner, text, expected) => {
  expect(chooseRunAs(ourUid, clusterOwner, text)).toEqual(expected);
});

test.each([
  ["its owner by the owner's bit", { uid: 1000, gid: 1, mode: 0o700 }, true],
  ["its owner, whatever others may", { uid: 1000, gid: 1, mode: 0o077 }, false],
  ["its group by the group's bit", { uid: 1, gid: 1000, mode: 0o010 }, true],
  ["its group, whatever others may", { uid: 1, gid: 1000, mode: 0o701 }, false],
  ["others by theirs", { uid: 1, gid: 1, mode: 0o001 }, true],
  ["others without it", { uid: 1, gid: 1, mode: 0o770 }, false],
])("a folder can be searched by %s", (_case, folder, expected) => {
  expect(canSearch(folder, owner)).toBe(expected);
});
