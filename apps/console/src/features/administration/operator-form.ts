import { operatorCreateSchema, operatorPatchSchema, type OperatorView, type RoleBinding } from '@phalanx/contracts';

/** The form of an operator as it is typed. */
export interface OperatorForm {
  readonly username: string;
  readonly displayName: string;
  /** Empty leaves the password as it is. */
  readonly password: string;
  readonly bindings: readonly RoleBinding[];
  readonly disabled: boolean;
}

export type OperatorField = 'username' | 'displayName' | 'password' | 'bindings';

export function formOf(operator: OperatorView | null): OperatorForm {
  return {
    username: operator?.username ?? '',
    displayName: operator?.displayName ?? '',
    password: '',
    bindings: operator?.bindings ?? [{ role: 'tenant-viewer', tenantId: null }],
    disabled: operator?.disabled ?? false,
  };
}

/** The body of the call that makes or changes the operator. A change names only what differs. */
export function bodyOf(form: OperatorForm, operator: OperatorView | null): Record<string, unknown> {
  const { username, displayName, password, bindings, disabled } = form;
  if (!operator) return { username: username.trim(), displayName: displayName.trim(), password, bindings };
  return {
    ...(displayName.trim() === operator.displayName ? {} : { displayName: displayName.trim() }),
    ...(password === '' ? {} : { password }),
    ...(JSON.stringify(bindings) === JSON.stringify(operator.bindings) ? {} : { bindings }),
    ...(disabled === operator.disabled ? {} : { disabled }),
  };
}

/** Fields that the controller would refuse. */
export function wrongFields(form: OperatorForm, operator: OperatorView | null): ReadonlySet<OperatorField> {
  const parsed = (operator ? operatorPatchSchema : operatorCreateSchema).safeParse(bodyOf(form, operator));
  return new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0] as OperatorField));
}
