/**
 * SecLang: rule files are parsed, compiled into a digest-addressed artefact of flat tables, activated, and evaluated against
 * transactions. No sockets, no framework; text is byte strings (latin1, one character = one byte) throughout.
 */
export type { CollectionStore, StoredCollection } from './collections/collection-store.js';
export { JournalCollectionStore, type CollectionSharing, type JournalOptions } from './collections/journal-collection-store.js';
export { JournalKeeper } from './collections/journal-keeper.js';
export { MemoryCollectionStore } from './collections/memory-collection-store.js';
export { compileRuleset, type CompiledRuleset, type CompileOptions } from './compiler/compile-ruleset.js';
export type { LoadReport, ReportEntry } from './model/load-report.js';
export { SEVERITIES, type Interruption, type RuleMatch, type Severity } from './model/verdict.js';
export { activateRuleset } from './runtime/activate-ruleset.js';
export type { Entry } from './runtime/entry.js';
export type { Ruleset } from './runtime/ruleset.js';
export { Transaction, type HeaderField, type RequestHead, type ResponseHead, type TransactionOptions } from './runtime/transaction.js';
export type { Endpoint } from './runtime/transaction-state.js';
export { SecLangError } from './seclang-error.js';
export { readRuleFiles, type RuleFiles } from './source/read-rule-files.js';
export type { ResolveFile, RuleSource } from './source/rule-source.js';
