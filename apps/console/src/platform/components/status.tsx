import { Group, Text } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** What a colour means everywhere in this console. */
export type Tone = 'good' | 'warn' | 'bad' | 'none' | 'busy';

interface Props {
  readonly tone: Tone;
  readonly icon: Icon;
  readonly children: ReactNode;
  readonly title?: string;
}

/** A state: an icon in the state's colour, and always the word beside it. */
export function Status({ tone, icon: Sign, children, title }: Props): ReactNode {
  return (
    <Group gap={6} wrap="nowrap" component="span" style={{ display: 'inline-flex', verticalAlign: 'middle' }} title={title}>
      <Sign size={16} stroke={2} color={`var(--state-${tone})`} aria-hidden style={{ flex: 'none' }} />
      <Text component="span" size="sm" fw={500} style={{ whiteSpace: 'nowrap' }}>
        {children}
      </Text>
    </Group>
  );
}
