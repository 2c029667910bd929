import { sha256Hex } from '@phalanx/kit';
import { decodeTables } from '../artefact/codec.js';
import { Ruleset } from './ruleset.js';

/** Brings a compiled ruleset to life. Throws AppError (invalid) for bytes that are not one of this engine's format. */
export function activateRuleset(artefact: Uint8Array): Ruleset {
  return new Ruleset(decodeTables(artefact), sha256Hex(artefact));
}
