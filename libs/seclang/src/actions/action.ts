import type { LinkDraft, RuleDraft } from '../model/rule-draft.js';

/** Where an action is being applied: to a rule and one of its links. */
export interface ActionScope {
  readonly rule: RuleDraft;
  readonly link: LinkDraft;
}

/** One word of an action list. */
export interface Action {
  /** Lower-case name. */
  readonly name: string;
  /** Actions of the head say something about the whole chain and stand only in its first link. */
  readonly place: 'head' | 'link';
  readonly argument: 'required' | 'optional' | 'none';
  /** Notes the action in the draft. Throws RuleProblem for an argument that can't be. */
  apply(scope: ActionScope, argument: string): void;
}
