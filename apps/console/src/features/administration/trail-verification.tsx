import { Button, Group, Text } from '@mantine/core';
import type { AuditVerification } from '@phalanx/contracts';
import { IconAlertOctagon, IconCircleCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { Status } from '../../platform/components/status.js';
import { useErrorText } from '../../platform/components/use-error-text.js';
import { useFormat } from '../../platform/format/use-format.js';

/** Has the controller recompute the chain of all entries, and says what came out. */
export function TrailVerification(): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const describe = useErrorText();
  const verify = useMutation({ mutationFn: () => api.get<AuditVerification>('/audit/verification') });
  return (
    <Group gap="sm" role="status">
      {verify.data?.ok === true && (
        <Status tone="good" icon={IconCircleCheck} title={verify.data.head}>
          {t('admin.audit.whole', { count: verify.data.entries, shown: format.number(verify.data.entries) })}
        </Status>
      )}
      {verify.data?.ok === false && (
        <Status tone="bad" icon={IconAlertOctagon}>
          {t('admin.audit.broken', { sequence: verify.data.brokenAt ?? 0 })}
        </Status>
      )}
      {verify.error && <Text size="sm">{describe(verify.error)}</Text>}
      <Button size="xs" variant="default" onClick={() => verify.mutate()} loading={verify.isPending}>
        {t('admin.audit.verify')}
      </Button>
    </Group>
  );
}
