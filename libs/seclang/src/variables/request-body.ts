import type { TransactionState } from '../runtime/transaction-state.js';
import { fixedScalar, steadyScalar, volatileScalar, type Variable } from './variable.js';

/** The request body and what its processor said about it. */
export const requestBodyVariables: readonly Variable[] = [
  fixedScalar('REQUEST_BODY', visibleBody),
  fixedScalar('REQUEST_BODY_LENGTH', (state) => String(state.bodyLength)),
  volatileScalar('REQBODY_PROCESSOR', (state) => state.bodyProcessor),
  flag('REQBODY_ERROR'),
  text('REQBODY_ERROR_MSG'),
  flag('REQBODY_PROCESSOR_ERROR', 'REQBODY_ERROR'),
  text('REQBODY_PROCESSOR_ERROR_MSG', 'REQBODY_ERROR_MSG'),
  steadyScalar('INBOUND_DATA_ERROR', (state) => (state.isBodyTruncated ? '1' : '0')),
];

/** A 0/1 variable that a body processor sets. */
function flag(name: string, source = name): Variable {
  return steadyScalar(name, (state) => state.bodyVariables[source] ?? '0');
}

function text(name: string, source = name): Variable {
  return fixedScalar(name, (state) => state.bodyVariables[source] ?? '');
}

/** The raw body is a variable where the form processor read it, or where a rule forces it; files would only bury it. */
function visibleBody(state: TransactionState): string {
  return state.bodyProcessor === 'URLENCODED' || state.bodyProcessor === '' || state.isBodyForced ? state.body : '';
}
