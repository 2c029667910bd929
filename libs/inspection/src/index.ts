/**
 * What stands between an HTTP exchange and the rules: a policy's settings become SecLang, an exchange becomes a verdict and a
 * finding, a finding becomes an attack event with everything secret masked. No sockets, no files written.
 */
export { ApplicationInspector } from './application-inspector.js';
export { attackEvent, foldKindOf, type EventMoment, type Finding } from './attack-event.js';
export type { ExchangeFacts, ResponseFacts } from './exchange-facts.js';
export type { Decision, Inspection, Judgement } from './inspection.js';
export { Masker, type RequestMasker } from './mask/masker.js';
export { nativeMatch } from './native-match.js';
export { rulesetKey, rulesetSources, type RulesetSources } from './rules/ruleset-sources.js';
export { warmUp } from './warm-up.js';
export { ruleFileSources } from './rules/standalone-rules.js';
