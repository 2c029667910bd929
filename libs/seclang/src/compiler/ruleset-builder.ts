import type { LoadReport, ReportEntry } from '../model/load-report.js';
import { emptyLink, emptyRule, type LinkDraft, type RuleDraft } from '../model/rule-draft.js';
import { RuleProblem } from '../model/rule-problem.js';
import type { RuleRecord } from '../model/rule-record.js';
import { defaultSettings, type Settings } from '../model/settings.js';
import { findOperator } from '../operators/registry.js';
import { parseOperator } from '../parser/parse-operator.js';
import { attempt, type Statement } from '../parser/parse-source.js';
import { parseTargets } from '../parser/parse-targets.js';
import { specialise } from '../specialise/specialise.js';
import type { RulesetTables } from '../artefact/ruleset-tables.js';
import { SecLangError } from '../seclang-error.js';
import type { ResolveFile } from '../source/rule-source.js';
import { applyActions } from './apply-actions.js';
import { builtInDefaults, parseDefaults, type RuleDefaults } from './rule-defaults.js';
import { ClauseNumbering } from './clause-numbering.js';
import { compileRule, phaseOf } from './rule-compiler.js';

/** A rule in load order with the defaults that held where it stands. */
interface LoadedRule {
  readonly draft: RuleDraft;
  readonly defaults: RuleDefaults;
}

/** A marker in load order. */
interface LoadedMarker {
  readonly label: string;
}

/**
 * Gathers the rules of a pack in load order. Directives that change earlier rules (SecRuleRemoveBy…, SecRuleUpdate…) act on those
 * loaded before them, as the language says.
 */
export class RulesetBuilder {
  readonly settings: Settings = defaultSettings();
  readonly notes: ReportEntry[] = [];
  readonly #resolveFile: ResolveFile;
  readonly #items: (LoadedRule | LoadedMarker)[] = [];
  readonly #defaults = new Map<number, RuleDefaults>();
  readonly #ids = new Map<number, LoadedRule>();
  #openChain: LoadedRule | null = null;

  constructor(resolveFile: ResolveFile) {
    this.#resolveFile = resolveFile;
  }

  /** Whether the last rule waits for its next link. */
  get hasOpenChain(): boolean {
    return this.#openChain !== null;
  }

  addRule(statement: Statement): void {
    const [targets, operator, actions] = statement.words;
    if (targets === undefined || operator === undefined || statement.words.length > 3) {
      throw new RuleProblem('SecRule takes variables, an operator and optionally actions');
    }
    this.#addLink(statement, emptyLink(statement.line, parseTargets(targets), parseOperator(operator)), actions ?? '');
  }

  addAction(statement: Statement): void {
    const [actions] = statement.words;
    if (actions === undefined || statement.words.length > 1) throw new RuleProblem('SecAction takes one list of actions');
    this.#addLink(statement, emptyLink(statement.line, [], null), actions);
  }

  addMarker(label: string): void {
    this.#items.push({ label });
  }

  setDefaults(statement: Statement, actions: string): void {
    const defaults = parseDefaults(statement.file, statement.line, actions);
    this.#defaults.set(phaseOf(defaults), defaults);
  }

  /** Forgets the rule in hand, so that loading can go on behind it. */
  dropOpenChain(): void {
    if (this.#openChain !== null) this.#remove(this.#openChain);
    this.#openChain = null;
  }

  /** The drafts that a test picks. */
  select(picks: (draft: RuleDraft) => boolean): RuleDraft[] {
    return this.#items.flatMap((item) => ('draft' in item && picks(item.draft) ? [item.draft] : []));
  }

  removeRules(picks: (draft: RuleDraft) => boolean): void {
    for (const item of [...this.#items]) if ('draft' in item && picks(item.draft)) this.#remove(item);
  }

  /** Compiles all that was gathered. A rule that can't be is entered in `skipped`, or thrown as SecLangError where that is null. */
  build(fileCount: number, skipped: ReportEntry[] | null): { readonly tables: RulesetTables; readonly report: LoadReport } {
    const files: string[] = [];
    const rules: RuleRecord[] = [];
    const markers: { label: string; before: number }[] = [];
    const clauses = new ClauseNumbering();
    for (const item of this.#items) {
      if ('label' in item) {
        markers.push({ label: item.label, before: rules.length });
        continue;
      }
      const { draft, defaults } = item;
      if (!files.includes(draft.file)) files.push(draft.file);
      const readFile = (path: string): string => this.#readDataFile(path, draft.file);
      const compilation = { defaults, keep: clauses.keep, fileIndex: files.indexOf(draft.file), readFile };
      const rule = compiledOrSkipped(draft, skipped, () => compileRule(draft, compilation));
      if (rule === null) continue;
      rules.push(rule);
      this.#note(draft);
    }
    const specialised = specialise(rules, markers);
    const tables = { files, settings: this.settings, markers, ...clauses.number(specialised) };
    return { tables, report: { rules: rules.length, files: fileCount, skipped: skipped ?? [], notes: this.notes } };
  }

  /** Text of a data file beside the rule file that names it. */
  #readDataFile(path: string, fromFile: string): string {
    const text = this.#resolveFile(path, fromFile);
    if (text === null) throw new RuleProblem(`data file ${path} is not there`);
    return text;
  }

  #addLink(statement: Statement, link: LinkDraft, actions: string): void {
    const open = this.#openChain;
    const draft = open?.draft ?? emptyRule(statement.file, statement.line);
    draft.links.push(link);
    try {
      applyActions({ rule: draft, link }, actions);
    } catch (error) {
      draft.links.pop();
      throw error;
    }
    const loaded = open ?? this.#register(draft);
    this.#openChain = link.isChained ? loaded : null;
  }

  #register(draft: RuleDraft): LoadedRule {
    if (draft.id === undefined) throw new RuleProblem('rule without an id');
    const known = this.#ids.get(draft.id);
    if (known !== undefined) throw new RuleProblem(`rule id ${draft.id} is taken by ${known.draft.file}:${known.draft.line}`);
    const defaults = this.#defaults.get(phaseOf(draft)) ?? builtInDefaults();
    const loaded = { draft, defaults };
    this.#items.push(loaded);
    this.#ids.set(draft.id, loaded);
    return loaded;
  }

  #remove(rule: LoadedRule): void {
    this.#items.splice(this.#items.indexOf(rule), 1);
    if (rule.draft.id !== undefined) this.#ids.delete(rule.draft.id);
  }

  #note(draft: RuleDraft): void {
    for (const link of draft.links) {
      const note = link.operator === null ? undefined : findOperator(link.operator.name)?.note;
      if (note !== undefined) this.notes.push({ file: draft.file, line: link.line, ruleId: draft.id ?? 0, reason: note });
    }
  }
}

function compiledOrSkipped(draft: RuleDraft, skipped: ReportEntry[] | null, compile: () => RuleRecord): RuleRecord | null {
  try {
    return attempt(draft.file, draft.line, compile);
  } catch (error) {
    if (skipped === null || !(error instanceof SecLangError)) throw error;
    skipped.push({ file: error.file, line: error.line, ruleId: draft.id ?? 0, reason: error.reason });
    return null;
  }
}
