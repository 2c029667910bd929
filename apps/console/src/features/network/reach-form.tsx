import { NumberInput, Select, SimpleGrid, Stack, TagsInput } from '@mantine/core';
import type { NetworkPolicy } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../platform/components/panel.js';

interface Props {
  readonly policy: NetworkPolicy;
  readonly isReadOnly: boolean;
  readonly onChange: (patch: Partial<NetworkPolicy>) => void;
}

/** What happens where no rule fits, who reaches the box itself, and how soon a change that cuts it off is undone. */
export function ReachForm({ policy, isReadOnly, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const { defaults, management, confirmSeconds } = policy;
  return (
    <Panel title={t('network.reach')}>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, md: 3 }}>
          {(['input', 'forward'] as const).map((direction) => (
            <Select
              key={direction}
              label={t(`network.default.${direction}`)}
              allowDeselect={false}
              disabled={isReadOnly}
              data={(['accept', 'drop'] as const).map((value) => ({ value, label: t(`network.action.${value}`) }))}
              value={defaults[direction]}
              onChange={(value) => onChange({ defaults: { ...defaults, [direction]: value as 'accept' | 'drop' } })}
            />
          ))}
          <NumberInput
            label={t('network.confirm')}
            description={t('network.confirmHint')}
            min={5}
            max={600}
            allowDecimal={false}
            disabled={isReadOnly}
            value={confirmSeconds}
            onChange={(value) => typeof value === 'number' && onChange({ confirmSeconds: value })}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <TagsInput
            label={t('network.management.networks')}
            description={t('network.management.networksHint')}
            value={management.networks}
            disabled={isReadOnly}
            splitChars={[',', ' ']}
            onChange={(networks) => onChange({ management: { ...management, networks } })}
          />
          <TagsInput
            label={t('network.management.ports')}
            description={t('network.portsHint')}
            value={management.ports}
            disabled={isReadOnly}
            splitChars={[',', ' ']}
            onChange={(ports) => onChange({ management: { ...management, ports } })}
          />
        </SimpleGrid>
      </Stack>
    </Panel>
  );
}
