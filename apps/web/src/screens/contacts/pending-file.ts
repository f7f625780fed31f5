/** The file of an import that has not ended, so that one which was cut off can go on without asking for the file again. */
export interface PendingFile {
  readonly name: string;
  readonly content: Blob;
}

const storeName = "files";
const key = "import";

async function withStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await done(openRequest());
  try {
    return await done(work(database.transaction(storeName, mode).objectStore(storeName)));
  } finally {
    database.close();
  }
}

function openRequest(): IDBOpenDBRequest {
  const request = indexedDB.open("owlivion-import", 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(storeName));
  return request;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });
}

export const keepFile = async (file: PendingFile): Promise<void> => {
  await withStore("readwrite", (store) => store.put(file, key));
};

export const forgetFile = async (): Promise<void> => {
  await withStore("readwrite", (store) => store.delete(key));
};

export const pendingFile = async (): Promise<PendingFile | null> =>
  ((await withStore("readonly", (store) => store.get(key))) as PendingFile | undefined) ?? null;
