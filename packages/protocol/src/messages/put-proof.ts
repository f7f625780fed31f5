import { type Static } from "typebox";
import { Base64, Epoch, Strict, Success, Version } from "../fields.ts";
import { limits } from "../limits.ts";

/** `PUT /sync/:data_type/proof`: a head proof, accepted only while the head is `version`. */
export const PutProofRequest = Strict({
  epoch: Epoch,
  version: Version,
  proof: Base64({ min: limits.proofBytes, max: limits.proofBytes }, "32 bytes, base64"),
});
export type PutProofRequest = Static<typeof PutProofRequest>;
export const PutProofReply = Success(Strict({ version: Version }));
