import { ActionIcon, Button, Group, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { type AddressGroup, addressGroupSchema, type NetworkPolicy, type Service, serviceSchema } from '@phalanx/contracts';
import { IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../platform/components/panel.js';

interface Props {
  readonly policy: NetworkPolicy;
  readonly isReadOnly: boolean;
  readonly onChange: (patch: Partial<NetworkPolicy>) => void;
}

/** Address groups and services that rules name. */
export function ObjectsEditor({ policy, isReadOnly, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const { addressGroups, services } = policy;
  const setGroup = (index: number, group: AddressGroup | null) => onChange({ addressGroups: replaced(addressGroups, index, group) });
  const setService = (index: number, service: Service | null) => onChange({ services: replaced(services, index, service) });
  return (
    <Panel title={t('network.objects')}>
      <Stack gap="lg">
        <Stack gap="xs">
          <Text fw={600} size="sm">
            {t('network.groups')}
          </Text>
          {addressGroups.length === 0 && <Text size="sm">{t('network.noGroups')}</Text>}
          {addressGroups.map((group, index) => (
            <Group key={index} align="flex-start" wrap="nowrap" gap="xs">
              <NameInput value={group.name} isReadOnly={isReadOnly} onChange={(name) => setGroup(index, { ...group, name })} />
              <TagsInput
                size="xs"
                style={{ flex: 1 }}
                aria-label={t('network.addressesOf', { name: group.name })}
                placeholder={t('network.addressesHint')}
                value={group.addresses}
                disabled={isReadOnly}
                splitChars={[',', ' ']}
                error={addressGroupSchema.safeParse(group).error?.issues[0]?.message}
                onChange={(addresses) => setGroup(index, { ...group, addresses })}
              />
              {!isReadOnly && <Remove name={group.name} onClick={() => setGroup(index, null)} />}
            </Group>
          ))}
          {!isReadOnly && (
            <Add onClick={() => setGroup(addressGroups.length, { name: `group-${addressGroups.length + 1}`, addresses: [] })}>
              {t('network.addGroup')}
            </Add>
          )}
        </Stack>
        <Stack gap="xs">
          <Text fw={600} size="sm">
            {t('network.services')}
          </Text>
          {services.length === 0 && <Text size="sm">{t('network.noServicesYet')}</Text>}
          {services.map((service, index) => (
            <ServiceRow key={index} service={service} isReadOnly={isReadOnly} onChange={(next) => setService(index, next)} />
          ))}
          {!isReadOnly && (
            <Add onClick={() => setService(services.length, { name: `service-${services.length + 1}`, protocol: 'tcp', ports: ['443'] })}>
              {t('network.addService')}
            </Add>
          )}
        </Stack>
      </Stack>
    </Panel>
  );
}

/** The list with one item replaced, added at its end, or taken out for null. */
function replaced<T>(items: readonly T[], index: number, item: T | null): T[] {
  const copy: T[] = [...items];
  if (item === null) copy.splice(index, 1);
  else copy[index] = item;
  return copy;
}

interface ServiceProps {
  readonly service: Service;
  readonly isReadOnly: boolean;
  readonly onChange: (service: Service | null) => void;
}

function ServiceRow({ service, isReadOnly, onChange }: ServiceProps): ReactNode {
  const { t } = useTranslation();
  const { name } = service;
  const values = 'ports' in service ? service.ports : 'types' in service ? service.types.map(String) : [String(service.number)];
  const withValues = (next: string[]): Service => {
    if (service.protocol === 'icmp') return { name, protocol: 'icmp', types: next.map(Number) };
    if (service.protocol === 'ip') return { name, protocol: 'ip', number: Number(next.at(-1) ?? 0) };
    return { ...service, ports: next };
  };
  const withProtocol = (protocol: string): Service => {
    if (protocol === 'icmp') return { name, protocol, types: [8] };
    if (protocol === 'ip') return { name, protocol, number: 47 };
    return { name, protocol: protocol as 'tcp' | 'udp' | 'sctp', ports: 'ports' in service ? service.ports : ['443'] };
  };
  return (
    <Group align="flex-start" wrap="nowrap" gap="xs">
      <NameInput value={name} isReadOnly={isReadOnly} onChange={(next) => onChange({ ...service, name: next })} />
      <Select
        size="xs"
        w={110}
        aria-label={t('network.protocolOf', { name })}
        allowDeselect={false}
        disabled={isReadOnly}
        data={(['tcp', 'udp', 'sctp', 'icmp', 'ip'] as const).map((value) => ({ value, label: t(`network.protocol.${value}`) }))}
        value={service.protocol}
        onChange={(protocol) => protocol && onChange(withProtocol(protocol))}
      />
      <TagsInput
        size="xs"
        style={{ flex: 1 }}
        aria-label={t('network.portsOf', { name })}
        placeholder={t('network.portsHint')}
        value={values}
        disabled={isReadOnly}
        splitChars={[',', ' ']}
        error={serviceSchema.safeParse(service).error?.issues[0]?.message}
        onChange={(next) => onChange(withValues(next))}
      />
      {!isReadOnly && <Remove name={name} onClick={() => onChange(null)} />}
    </Group>
  );
}

function NameInput({
  value,
  isReadOnly,
  onChange,
}: {
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly onChange: (name: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <TextInput
      size="xs"
      w={170}
      aria-label={t('network.objectName')}
      value={value}
      readOnly={isReadOnly}
      maxLength={31}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Remove({ name, onClick }: { readonly name: string; readonly onClick: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <ActionIcon variant="subtle" size="md" aria-label={t('network.removeOf', { name })} onClick={onClick}>
      <IconTrash size={16} aria-hidden />
    </ActionIcon>
  );
}

function Add({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }): ReactNode {
  return (
    <Group>
      <Button size="compact-xs" variant="default" onClick={onClick}>
        {children}
      </Button>
    </Group>
  );
}
