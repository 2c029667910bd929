import { Button, NumberInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ApplianceView, ClaimCreated } from '@phalanx/contracts';
import { IconKey } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useCan } from '../../platform/api/session.js';
import { Copyable } from '../../platform/components/copy.js';
import { Dialog } from '../../platform/components/dialog.js';
import { Facts } from '../../platform/components/facts.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { SecretOnce } from '../../platform/components/secret-once.js';
import { ExactTime } from '../../platform/components/time.js';

/** Makes a one-time claim, with which a box enrols as this appliance. */
export function ClaimButton({ appliance }: { readonly appliance: ApplianceView }): ReactNode {
  const { t } = useTranslation();
  const [isOpen, dialog] = useDisclosure(false);
  if (!useCan('enrolment:write')) return null;
  return (
    <>
      <Button
        leftSection={<IconKey size={16} aria-hidden />}
        variant={appliance.syncState === 'never-enrolled' ? 'filled' : 'default'}
        onClick={dialog.open}
      >
        {t('appliance.claim.open')}
      </Button>
      <Dialog isOpen={isOpen} onClose={dialog.close} title={t('appliance.claim.title', { name: appliance.name })} size="lg" isLight={false}>
        <ClaimForm appliance={appliance} onClose={dialog.close} />
      </Dialog>
    </>
  );
}

function ClaimForm({ appliance, onClose }: { readonly appliance: ApplianceView; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const [minutes, setMinutes] = useState<number | string>(60);
  const create = useMutation({
    mutationFn: () => api.post<ClaimCreated>(`/appliances/${appliance.id}/claims`, { validMinutes: Number(minutes) }),
  });
  const claim = create.data;
  if (claim)
    return (
      <Stack gap="md">
        <SecretOnce label={t('appliance.claim.secret')} secret={claim.claim} explain={t('appliance.claim.once')} />
        <Facts
          items={[
            { label: t('appliance.claim.expires'), value: <ExactTime at={claim.expiresAt} /> },
            { label: t('appliance.claim.urls'), value: <span className="mono">{claim.enrolmentUrls.join(' ')}</span> },
            {
              label: t('appliance.claim.fingerprint'),
              value: <Copyable value={claim.caFingerprint} shown={claim.caFingerprint.slice(0, 20)} />,
            },
          ]}
        />
        <Button variant="default" onClick={onClose}>
          {t('action.close')}
        </Button>
      </Stack>
    );
  const isReady = typeof minutes === 'number' && minutes >= 1 && minutes <= 10_080;
  return (
    <Stack gap="md">
      <Text size="sm">{t('appliance.claim.explain', { name: appliance.name })}</Text>
      <NumberInput
        label={t('appliance.claim.minutes')}
        min={1}
        max={10_080}
        allowDecimal={false}
        value={minutes}
        onChange={setMinutes}
        w={220}
        data-autofocus
      />
      {create.error && <ProblemAlert error={create.error} what={t('appliance.claim.failed')} />}
      <Button onClick={() => create.mutate()} loading={create.isPending} disabled={!isReady}>
        {t('appliance.claim.create')}
      </Button>
    </Stack>
  );
}
