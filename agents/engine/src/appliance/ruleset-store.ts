import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Schema, type AppliancePolicy, type SignaturePack } from '@phalanx/contracts';
import { AppError, nodeDisk, sha256Hex } from '@phalanx/kit';
import { rulesetKey } from '@phalanx/inspection';
import type { CompiledReference } from '../worker/worker-messages.js';
import type { CompiledRuleset } from '../primary/compile-messages.js';
import type { RulesetCompiler } from '../primary/ruleset-compiler.js';

const INDEX_FILE = 'index.json';
const SUFFIX = '.rules';

function isCompiled(value: unknown): value is CompiledRuleset {
  const { digest, rules, skipped } = (value ?? {}) as Partial<Record<keyof CompiledRuleset, unknown>>;
  return (
    sha256Schema.safeParse(digest).success &&
    Number.isSafeInteger(rules) &&
    Array.isArray(skipped) &&
    skipped.every((s) => typeof s === 'string')
  );
}

/** The rulesets of one policy with one pack, and what the compiler said of them. */
export interface PolicyRulesets {
  readonly references: readonly CompiledReference[];
  readonly rules: number;
  readonly skipped: readonly string[];
}

/**
 * Compiled rules on disk (`compiled/<sha256>.rules`), found again by what they were compiled from. Compiling what was compiled
 * before costs a read; files of the running and the previous generation stay, others are removed.
 */
export class RulesetStore {
  readonly #folder: string;
  readonly #compiler: RulesetCompiler;
  /** A compiled form is good for the engine version that made it. */
  readonly #version: string;
  #index: Map<string, CompiledRuleset>;

  constructor(folder: string, version: string, compiler: RulesetCompiler) {
    this.#folder = folder;
    this.#version = version;
    this.#compiler = compiler;
    this.#index = this.#readIndex();
  }

  /** Compiled rules for every application of a policy. Rejects with `invalid`, naming application, file and line. */
  async rulesetsFor(policy: AppliancePolicy, pack: SignaturePack | null): Promise<PolicyRulesets> {
    const byDigest = new Map<string, { compiled: CompiledRuleset; applicationIds: string[] }>();
    for (const { id, name, settings } of policy.applications) {
      if (pack === null && settings.signatures.customRules.trim() === '') continue;
      const compiled = await this.#compiled(name, pack, settings.signatures);
      const known = byDigest.get(compiled.digest);
      if (known) known.applicationIds.push(id);
      else byDigest.set(compiled.digest, { compiled, applicationIds: [id] });
    }
    const all = [...byDigest.values()];
    return {
      references: all.map(({ compiled, applicationIds }) => ({
        digest: compiled.digest,
        path: this.#path(compiled.digest),
        applicationIds,
      })),
      rules: Math.max(0, ...all.map(({ compiled }) => compiled.rules)),
      skipped: [...new Set(all.flatMap(({ compiled }) => compiled.skipped))].slice(0, 1000),
    };
  }

  /** Removes every compiled file that is not named. */
  keepOnly(digests: ReadonlySet<string>): void {
    this.#index = new Map([...this.#index].filter(([, { digest }]) => digests.has(digest)));
    nodeDisk.replace(join(this.#folder, INDEX_FILE), JSON.stringify(Object.fromEntries(this.#index)));
    for (const name of readdirSync(this.#folder)) {
      if (name !== INDEX_FILE && !digests.has(name.replace(SUFFIX, ''))) nodeDisk.remove(join(this.#folder, name));
    }
  }

  async #compiled(
    application: string,
    pack: SignaturePack | null,
    signatures: AppliancePolicy['applications'][number]['settings']['signatures'],
  ): Promise<CompiledRuleset> {
    const key = sha256Hex(`${this.#version} ${rulesetKey(pack, signatures)}`);
    const known = this.#index.get(key);
    if (known && this.#isWhole(known.digest)) return known;
    try {
      const compiled = await this.#compiler.compile({ kind: 'policy', pack, signatures }, this.#folder);
      this.#index.set(key, compiled);
      return compiled;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new AppError(error.kind, error.code, `application ${application}: ${error.message}`, { cause: error });
    }
  }

  #path(digest: string): string {
    return join(this.#folder, digest + SUFFIX);
  }

  #isWhole(digest: string): boolean {
    return existsSync(this.#path(digest)) && sha256Hex(readFileSync(this.#path(digest))) === digest;
  }

  #readIndex(): Map<string, CompiledRuleset> {
    const bytes = nodeDisk.read(join(this.#folder, INDEX_FILE));
    if (bytes === null) return new Map();
    try {
      const entries = Object.entries(JSON.parse(bytes.toString('utf8')) as Record<string, unknown>);
      return new Map(entries.filter((entry): entry is [string, CompiledRuleset] => isCompiled(entry[1])));
    } catch {
      // Only a cache: what it named is compiled again.
      return new Map();
    }
  }
}
