import { sha256Hex } from '@phalanx/kit';
import { encodeTables } from '../artefact/codec.js';
import type { LoadReport, ReportEntry } from '../model/load-report.js';
import { RuleProblem } from '../model/rule-problem.js';
import { attempt, parseSource, type Statement } from '../parser/parse-source.js';
import { SecLangError } from '../seclang-error.js';
import type { ResolveFile, RuleSource } from '../source/rule-source.js';
import { applyDirective } from './directives.js';
import { RulesetBuilder } from './ruleset-builder.js';
import { applyUnicodeMap } from './unicode-map-file.js';

/** How to compile. `unsupported: 'skip'` leaves out rules that can't be taken and names them in the report; the default refuses. */
export interface CompileOptions {
  readonly resolveFile?: ResolveFile;
  readonly unsupported?: 'refuse' | 'skip';
}

/** A compiled ruleset: its byte form, the SHA-256 (hex) of that, and what was taken in. */
export interface CompiledRuleset {
  readonly artefact: Uint8Array;
  readonly digest: string;
  readonly report: LoadReport;
}

/** Compiles rule files given in load order. Throws SecLangError (`file:line: reason`) at the first thing that can't be taken. */
export function compileRuleset(sources: readonly RuleSource[], options: CompileOptions = {}): CompiledRuleset {
  const resolveFile = options.resolveFile ?? ((): null => null);
  const skipped: ReportEntry[] | null = options.unsupported === 'skip' ? [] : null;
  const loader = new Loader(new RulesetBuilder(resolveFile), resolveFile, skipped);
  for (const source of sources) {
    for (const statement of parseSource(source)) loader.load(statement);
    loader.finish();
  }
  const fileCount = new Set(sources.map(({ name }) => name)).size;
  const { tables, report } = loader.builder.build(fileCount, skipped);
  const artefact = encodeTables(tables);
  return { artefact, digest: sha256Hex(artefact), report };
}

/** Feeds statements to the builder; in skipping mode a bad rule is left out with its whole chain. */
class Loader {
  readonly builder: RulesetBuilder;
  readonly #resolveFile: ResolveFile;
  readonly #skipped: ReportEntry[] | null;
  #last: Statement | null = null;
  #isSkippingChain = false;

  constructor(builder: RulesetBuilder, resolveFile: ResolveFile, skipped: ReportEntry[] | null) {
    this.builder = builder;
    this.#resolveFile = resolveFile;
    this.#skipped = skipped;
  }

  load(statement: Statement): void {
    this.#last = statement;
    if (this.#isSkippingChain) {
      this.#isSkippingChain = isChained(statement);
      return;
    }
    try {
      attempt(statement.file, statement.line, () => this.#apply(statement));
    } catch (error) {
      if (this.#skipped === null || !(error instanceof SecLangError)) throw error;
      const { file, line, reason } = error;
      this.#skipped.push({ file, line, ruleId: idOf(statement), reason });
      this.builder.dropOpenChain();
      this.#isSkippingChain = isChained(statement);
    }
  }

  /** A chain ends in the file in which it began. */
  finish(): void {
    const last = this.#last;
    if (last !== null && this.builder.hasOpenChain) {
      attempt(last.file, last.line, () => {
        throw new RuleProblem('the chain has no end');
      });
    }
  }

  #apply(statement: Statement): void {
    if (statement.directive.toLowerCase() === 'secunicodemapfile') applyUnicodeMap(this.builder.settings, statement, this.#resolveFile);
    else applyDirective(this.builder, statement);
  }
}

function isChained({ words }: Statement): boolean {
  return words.some((word) => /(?:^|,)[\t-\r ]*chain[\t-\r ]*(?:,|$)/i.test(word));
}

function idOf({ words }: Statement): number {
  for (const word of words) {
    const found = /(?:^|,)[\t-\r ]*id:'?(\d+)/i.exec(word);
    if (found !== null) return Number(found[1]);
  }
  return 0;
}
