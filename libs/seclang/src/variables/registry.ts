import { argumentVariables } from './arguments.js';
import { connectionVariables } from './connection.js';
import { environmentVariable } from './environment.js';
import { geoVariable } from './geo.js';
import { matchedVariables } from './matched.js';
import { multipartVariables } from './multipart.js';
import { persistentVariables } from './persistent.js';
import { requestBodyVariables } from './request-body.js';
import { requestHeaderVariables } from './request-headers.js';
import { requestLineVariables } from './request-line.js';
import { responseVariables } from './response.js';
import { ruleVariable } from './rule.js';
import { sessionVariables } from './session.js';
import { timeVariables } from './time.js';
import { transactionVariable } from './transaction.js';
import type { Variable } from './variable.js';
import { xmlVariable } from './xml.js';

const VARIABLES: ReadonlyMap<string, Variable> = new Map(
  [
    ...requestLineVariables,
    ...argumentVariables,
    ...requestHeaderVariables,
    ...requestBodyVariables,
    ...multipartVariables,
    xmlVariable,
    ...responseVariables,
    ...connectionVariables,
    ...timeVariables,
    ...matchedVariables,
    ruleVariable,
    environmentVariable,
    transactionVariable,
    ...persistentVariables,
    ...sessionVariables,
    geoVariable,
  ].map((variable) => [variable.name, variable]),
);

/** The variable of a name in any case. */
export function findVariable(name: string): Variable | undefined {
  return VARIABLES.get(name.toUpperCase());
}
