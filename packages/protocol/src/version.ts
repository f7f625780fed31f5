/** The major is in the path (`/api/v1`); the minor grows with every compatible change of a schema. */
export const protocolVersion = { major: 1, minor: 1 } as const;

/** Optional parts of the protocol that a server may offer; a client uses one only when `GET /config` lists it. */
export const features = ["cbor", "cursor", "as_of", "history", "events", "proof", "keys", "full_sync"] as const;
