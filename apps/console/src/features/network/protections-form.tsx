import { Group, NumberInput, Select, SimpleGrid, Stack, Switch, TagsInput, Text } from '@mantine/core';
import type { Protections, Rate } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../platform/components/panel.js';

interface Props {
  readonly protections: Protections;
  readonly isReadOnly: boolean;
  readonly onChange: (protections: Protections) => void;
}

const FLOODS = ['syn', 'udp', 'icmp', 'synTotal'] as const;

/** What is stopped before any rule: floods, malformed packets, scans, spoofed sources, fragments. */
export function ProtectionsForm({ protections, isReadOnly, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const set = (patch: Partial<Protections>) => onChange({ ...protections, ...patch });
  const { floods, scans, refusals } = protections;
  return (
    <Panel title={t('network.protections')}>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          {FLOODS.map((kind) => (
            <RateInput
              key={kind}
              label={t(`network.flood.${kind}`)}
              rate={floods[kind]}
              isReadOnly={isReadOnly}
              onChange={(rate) => set({ floods: { ...floods, [kind]: rate } })}
            />
          ))}
          <Figure
            label={t('network.flood.connections')}
            value={floods.connections ?? 0}
            isReadOnly={isReadOnly}
            hint={t('network.zeroOff')}
            onChange={(connections) => set({ floods: { ...floods, connections: connections === 0 ? null : connections } })}
          />
          <Figure
            label={t('network.flood.blockSeconds')}
            value={floods.blockSeconds}
            isReadOnly={isReadOnly}
            hint={t('network.zeroDrop')}
            onChange={(blockSeconds) => set({ floods: { ...floods, blockSeconds } })}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <Stack gap="xs">
            <Switch
              label={t('network.malformed')}
              description={t('network.malformedHint')}
              checked={protections.malformed}
              disabled={isReadOnly}
              onChange={(event) => set({ malformed: event.currentTarget.checked })}
            />
            <Switch
              label={t('network.spoofing')}
              description={t('network.spoofingHint')}
              checked={protections.spoofing}
              disabled={isReadOnly}
              onChange={(event) => set({ spoofing: event.currentTarget.checked })}
            />
            <Select
              label={t('network.fragments.label')}
              allowDeselect={false}
              disabled={isReadOnly}
              data={(['off', 'drop-evil', 'drop-all'] as const).map((value) => ({ value, label: t(`network.fragments.${value}`) }))}
              value={protections.fragments}
              onChange={(value) => set({ fragments: value as Protections['fragments'] })}
            />
          </Stack>
          <Stack gap="xs">
            <Switch
              label={t('network.scan.enabled')}
              description={t('network.scan.hint')}
              checked={scans.enabled}
              disabled={isReadOnly}
              onChange={(event) => set({ scans: { ...scans, enabled: event.currentTarget.checked } })}
            />
            <Group grow>
              {(['targets', 'windowSeconds', 'blockSeconds'] as const).map((member) => (
                <Figure
                  key={member}
                  label={t(`network.scan.${member}`)}
                  value={scans[member]}
                  isReadOnly={isReadOnly || !scans.enabled}
                  onChange={(value) => set({ scans: { ...scans, [member]: value } })}
                />
              ))}
            </Group>
          </Stack>
          <Stack gap="xs">
            <Switch
              label={t('network.refusals.enabled')}
              description={t('network.refusals.hint')}
              checked={refusals.enabled}
              disabled={isReadOnly}
              onChange={(event) => set({ refusals: { ...refusals, enabled: event.currentTarget.checked } })}
            />
            <Group grow>
              {(['count', 'windowSeconds', 'blockSeconds'] as const).map((member) => (
                <Figure
                  key={member}
                  label={t(`network.refusals.${member}`)}
                  value={refusals[member]}
                  isReadOnly={isReadOnly || !refusals.enabled}
                  onChange={(value) => set({ refusals: { ...refusals, [member]: value } })}
                />
              ))}
            </Group>
          </Stack>
        </SimpleGrid>
        <TagsInput
          label={t('network.exempt')}
          description={t('network.exemptHint')}
          value={protections.exempt}
          disabled={isReadOnly}
          splitChars={[',', ' ']}
          onChange={(exempt) => set({ exempt })}
        />
      </Stack>
    </Panel>
  );
}

interface RateProps {
  readonly label: string;
  readonly rate: Rate | null;
  readonly isReadOnly: boolean;
  readonly onChange: (rate: Rate | null) => void;
}

/** A rate with its burst; switched off it is null. */
function RateInput({ label, rate, isReadOnly, onChange }: RateProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap={4}>
      <Switch
        label={label}
        checked={rate !== null}
        disabled={isReadOnly}
        onChange={(event) => onChange(event.currentTarget.checked ? { perSecond: 100, burst: 200 } : null)}
      />
      {rate === null ? (
        <Text size="sm" c="dimmed">
          {t('network.off')}
        </Text>
      ) : (
        <Group grow>
          <Figure
            label={t('network.perSecond')}
            value={rate.perSecond}
            isReadOnly={isReadOnly}
            onChange={(perSecond) => onChange({ ...rate, perSecond })}
          />
          <Figure
            label={t('network.burst')}
            value={rate.burst}
            isReadOnly={isReadOnly}
            onChange={(burst) => onChange({ ...rate, burst })}
          />
        </Group>
      )}
    </Stack>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: number;
  readonly hint?: string;
  readonly isReadOnly: boolean;
  readonly onChange: (value: number) => void;
}

function Figure({ label, value, hint, isReadOnly, onChange }: FigureProps): ReactNode {
  return (
    <NumberInput
      size="xs"
      label={label}
      description={hint}
      min={0}
      allowDecimal={false}
      thousandSeparator=" "
      disabled={isReadOnly}
      value={value}
      onChange={(next) => typeof next === 'number' && onChange(next)}
    />
  );
}
