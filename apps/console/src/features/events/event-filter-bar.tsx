import { Button, Group, Select, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAppliances, useApplications } from '../../platform/api/resources.js';
import { useDraft } from '../../platform/components/use-draft.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { ACTIONS, isFiltered, isValidPart, KINDS, type EventSearch } from './event-search.js';
import { TimeRange } from './time-range.js';

interface Props {
  readonly search: EventSearch;
  readonly onChange: (patch: EventSearch) => void;
}

const CLEAR: EventSearch = {
  applianceId: undefined,
  applicationId: undefined,
  kind: undefined,
  action: undefined,
  ruleId: undefined,
  source: undefined,
  requestId: undefined,
  q: undefined,
  from: undefined,
  to: undefined,
};

/** Narrows the list of events; every part stands in the address. */
export function EventFilterBar({ search, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const tenantId = useTenant()?.id;
  const applications = useApplications(tenantId);
  const appliances = useAppliances(tenantId);
  const options = (items: readonly { id: string; name: string }[] | undefined) =>
    (items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const choice = (key: 'applicationId' | 'applianceId' | 'kind' | 'action', data: { value: string; label: string }[], width: number) => (
    <Select
      size="xs"
      w={width}
      clearable
      searchable={data.length > 8}
      placeholder={t(`event.filter.${key}`)}
      aria-label={t(`event.filter.${key}`)}
      data={data}
      value={search[key] ?? null}
      onChange={(value) => onChange({ [key]: value ?? undefined })}
      nothingFoundMessage={t('state.nothingFound')}
    />
  );
  return (
    <Group gap="xs" role="search" aria-label={t('event.filter.label')}>
      <Part name="q" width={180} search={search} onChange={onChange} isMain />
      {choice(
        'action',
        ACTIONS.map((value) => ({ value, label: t(`event.action.${value}`) })),
        120,
      )}
      {choice('applicationId', options(applications.data?.items), 150)}
      {choice('applianceId', options(appliances.data?.items), 130)}
      <TimeRange from={search.from} to={search.to} onChange={onChange} />
      <Part name="ruleId" width={96} search={search} onChange={onChange} />
      <Part name="source" width={130} search={search} onChange={onChange} />
      <Part name="requestId" width={150} search={search} onChange={onChange} />
      {choice(
        'kind',
        KINDS.map((value) => ({ value, label: t(`event.kind.${value}`) })),
        120,
      )}
      {isFiltered(search) && (
        <Button size="xs" variant="subtle" leftSection={<IconX size={14} aria-hidden />} onClick={() => onChange(CLEAR)}>
          {t('action.clearFilter')}
        </Button>
      )}
    </Group>
  );
}

interface PartProps extends Props {
  readonly name: 'q' | 'ruleId' | 'source' | 'requestId';
  readonly width: number;
  readonly isMain?: boolean;
}

/** One typed part of the filter. What the controller would refuse is marked and not sent. */
function Part({ name, width, search, onChange, isMain = false }: PartProps): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useDraft(search[name], (value) => {
    if (value === undefined || isValidPart(name, value)) onChange({ [name]: value });
  });
  const isWrong = text.trim() !== '' && !isValidPart(name, text.trim());
  return (
    <TextInput
      {...(isMain ? { 'data-list-filter': true, leftSection: <IconSearch size={14} aria-hidden /> } : {})}
      size="xs"
      w={width}
      placeholder={t(`event.filter.${name}`)}
      aria-label={t(`event.filter.${name}`)}
      aria-invalid={isWrong}
      error={isWrong}
      title={isWrong ? t(`event.filter.wrong.${name}`) : undefined}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
