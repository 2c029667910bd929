import { statSync } from 'node:fs';
import { join } from 'node:path';
import { appliancePolicySchema, signaturePackSchema, type AppliancePolicy, type SignaturePack } from '@phalanx/contracts';
import { AppError, nodeDisk } from '@phalanx/kit';

const MAX_POLICY_BYTES = 32 * 1024 * 1024;
const MAX_PACK_BYTES = 128 * 1024 * 1024;

/** What a folder asks the engine to run. */
export interface Candidate {
  readonly policy: AppliancePolicy;
  readonly pack: SignaturePack | null;
}

/** The part of a schema that is used here. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ): { success: true; data: T } | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

function readJson<T>(path: string, name: string, maxBytes: number, schema: Schema<T>): T | null {
  const bytes = sizeOf(path) > maxBytes ? null : nodeDisk.read(path);
  if (bytes === null) {
    if (sizeOf(path) > maxBytes) throw new AppError('invalid', 'engine.bad-file', `${name} is larger than ${maxBytes} bytes`);
    return null;
  }
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new AppError('invalid', 'engine.bad-file', `${name} is not JSON`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || name}: ${issue.message}`);
  throw new AppError('invalid', 'engine.bad-file', `${name}: ${problems.join('; ')}`);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Reads and checks a folder's `policy.json` and, if there, `signatures.json`. Null when there is no policy. Throws `invalid` for what isn't well-formed. */
export function readCandidate(folder: string): Candidate | null {
  const policy = readJson(join(folder, 'policy.json'), 'policy.json', MAX_POLICY_BYTES, appliancePolicySchema);
  if (policy === null) return null;
  const pack = readJson(join(folder, 'signatures.json'), 'signatures.json', MAX_PACK_BYTES, signaturePackSchema);
  return { policy, pack };
}
