import type { Settings, SignaturePack } from '@phalanx/contracts';
import type { CarriedError } from '../engine-errors.js';

/** What is to be compiled: a policy's rules for one application, or rule files with what they include. */
export type RulesToCompile =
  | { readonly kind: 'policy'; readonly pack: SignaturePack | null; readonly signatures: Settings['signatures'] }
  | { readonly kind: 'files'; readonly paths: readonly string[] };

/** Primary to compile thread. */
export interface CompileRequest {
  readonly id: number;
  readonly rules: RulesToCompile;
  readonly folder: string;
}

/** What a compilation gave: the artefact is on disk under its digest. */
export interface CompiledRuleset {
  readonly digest: string;
  readonly rules: number;
  /** Constructs that were left out, as `file:line: reason`. */
  readonly skipped: readonly string[];
}

/** Compile thread to primary. */
export type CompileAnswer =
  | { readonly id: number; readonly ok: true; readonly compiled: CompiledRuleset }
  | { readonly id: number; readonly ok: false; readonly error: CarriedError };
