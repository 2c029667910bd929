import { RuleProblem } from '../model/rule-problem.js';
import { findTransformation } from '../transformations/registry.js';
import type { Action } from './action.js';

/** Transforms values before they are tested; `t:none` drops what was inherited or said before. */
export const t: Action = {
  name: 't',
  place: 'link',
  argument: 'required',
  apply({ link }, argument) {
    const transformation = findTransformation(argument);
    if (transformation === undefined) throw new RuleProblem(`transformation ${argument} is not supported`);
    if (transformation.name === 'none') {
      link.transformations = [];
      link.isFresh = true;
    } else {
      link.transformations.push(transformation.name);
    }
  },
};
