import { Button, Group, MultiSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { tokenCreateSchema, type TokenCreated } from '@phalanx/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useSession } from '../../platform/api/session.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { SecretOnce } from '../../platform/components/secret-once.js';

/** Makes an API token and shows its secret, once. */
export function TokenForm({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const { permissions: held, tenants } = useSession();
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<string[]>(() => held.filter((permission) => permission.endsWith(':read')));
  const [tenantIds, setTenantIds] = useState<string[]>([]);
  const [days, setDays] = useState<number | string>(90);
  const [isTried, setTried] = useState(false);
  const body = { name: name.trim(), permissions, tenantIds: tenantIds.length === 0 ? null : tenantIds, expiresInDays: days };
  const parsed = tokenCreateSchema.safeParse(body);
  const isWrong = (field: keyof typeof body) => isTried && !parsed.success && parsed.error.issues.some(({ path }) => path[0] === field);
  const create = useMutation({
    mutationFn: () => api.post<TokenCreated>('/tokens', body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['/tokens'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (parsed.success) create.mutate();
  };
  if (create.data)
    return (
      <Stack gap="md">
        <SecretOnce
          label={t('admin.token.secret', { name: create.data.token.name })}
          secret={create.data.secret}
          explain={t('admin.token.once')}
        />
        <Button variant="default" onClick={onClose}>
          {t('action.close')}
        </Button>
      </Stack>
    );
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          data-autofocus
          label={t('admin.token.name')}
          description={t('admin.token.nameHint')}
          value={name}
          error={isWrong('name') ? t('admin.token.wrong.name') : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <MultiSelect
          label={t('admin.token.permissions')}
          description={t('admin.token.permissionsHint')}
          data={held}
          value={permissions}
          error={isWrong('permissions') ? t('admin.token.wrong.permissions') : undefined}
          onChange={setPermissions}
          searchable
          nothingFoundMessage={t('state.nothingFound')}
        />
        <MultiSelect
          label={t('admin.token.tenants')}
          description={t('admin.token.tenantsHint')}
          data={tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
          value={tenantIds}
          onChange={setTenantIds}
          searchable
          clearable
          nothingFoundMessage={t('state.nothingFound')}
        />
        <NumberInput
          label={t('admin.token.days')}
          min={1}
          max={366}
          allowDecimal={false}
          value={days}
          error={isWrong('expiresInDays') ? t('admin.token.wrong.days') : undefined}
          onChange={setDays}
          w={200}
        />
        {create.error && <ProblemAlert error={create.error} what={t('admin.token.unmade')} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('admin.token.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
