import { TagsInput } from '@mantine/core';
import { addressSchema, type FirewallRule } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

type Endpoints = FirewallRule['source'];

interface Props {
  readonly label: string;
  /** Names of the policy's address groups. */
  readonly groups: readonly string[];
  readonly value: Endpoints;
  readonly isReadOnly: boolean;
  readonly onChange: (value: Endpoints) => void;
}

/** Addresses, networks, ranges and names of groups in one field; nothing means everybody. */
export function EndpointsInput({ label, groups, value, isReadOnly, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const words = [...value.groups, ...value.addresses];
  const wrong = words.filter((word) => !groups.includes(word) && !addressSchema.safeParse(word).success);
  return (
    <TagsInput
      label={label}
      description={t('network.endpointsHint')}
      placeholder={words.length === 0 ? t('network.anybody') : ''}
      data={[...groups]}
      value={words}
      disabled={isReadOnly}
      splitChars={[',', ' ']}
      error={wrong.length > 0 ? t('network.wrongEndpoint', { word: wrong[0]! }) : undefined}
      onChange={(next) =>
        onChange({ groups: next.filter((word) => groups.includes(word)), addresses: next.filter((word) => !groups.includes(word)) })
      }
    />
  );
}
