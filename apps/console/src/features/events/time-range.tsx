import { Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconClock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { viewerTimeZone } from '../../platform/format/format.js';
import { useFormat } from '../../platform/format/use-format.js';
import { fromLocalInput, PRESETS, toLocalInput } from './time-input.js';

interface Props {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly onChange: (patch: { from?: string | undefined; to?: string | undefined }) => void;
}

/** Chooses the time that events lie in: some presets, or from and to in the viewer's zone. */
export function TimeRange({ from, to, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, popover] = useDisclosure(false);
  const short = (at: string) => `${format.day(at)} ${format.clock(at).slice(0, 5)}`;
  const label =
    from === undefined && to === undefined
      ? t('event.time.any')
      : to === undefined
        ? t('event.time.since', { from: short(from!) })
        : from === undefined
          ? t('event.time.until', { to: short(to) })
          : t('event.time.between', { from: short(from), to: short(to) });
  return (
    <Popover opened={isOpen} onChange={(open) => (open ? popover.open() : popover.close())} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          fw={400}
          leftSection={<IconClock size={14} aria-hidden />}
          onClick={popover.toggle}
          aria-label={t('event.time.label', { range: label })}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm" w={300}>
          <Group gap={6}>
            {PRESETS.map(({ id, minutes }) => (
              <Button
                key={id}
                size="compact-xs"
                variant="default"
                onClick={() => {
                  onChange({ from: new Date(Date.now() - minutes * 60_000).toISOString(), to: undefined });
                  popover.close();
                }}
              >
                {t(`event.time.presets.${id}`)}
              </Button>
            ))}
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                onChange({ from: undefined, to: undefined });
                popover.close();
              }}
            >
              {t('event.time.any')}
            </Button>
          </Group>
          <TextInput
            type="datetime-local"
            size="xs"
            label={t('event.time.from')}
            value={toLocalInput(from)}
            onChange={(event) => onChange({ from: fromLocalInput(event.currentTarget.value) })}
          />
          <TextInput
            type="datetime-local"
            size="xs"
            label={t('event.time.to')}
            value={toLocalInput(to)}
            onChange={(event) => onChange({ to: fromLocalInput(event.currentTarget.value) })}
          />
          <Text size="xs" c="dimmed">
            {t('frame.zone', { zone: viewerTimeZone() })}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
