import type { Role } from '@phalanx/contracts';
import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { OperatorEntity } from './operator.entity.js';

/** A role of an operator for one tenant, or for all of them where the tenant is null. */
@Entity('role_bindings')
@Check('role_bindings_role_check', `role in ('owner', 'operator', 'analyst', 'auditor', 'tenant-admin', 'tenant-viewer')`)
@Index('role_bindings_tenant_key', ['operatorId', 'role', 'tenantId'], { unique: true, where: 'tenant_id is not null' })
@Index('role_bindings_all_key', ['operatorId', 'role'], { unique: true, where: 'tenant_id is null' })
export class RoleBindingEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'role_bindings_pkey' })
  id!: string;

  @ForeignKey(() => OperatorEntity, { name: 'role_bindings_operator_fkey', onDelete: 'CASCADE' })
  @Column({ name: 'operator_id', type: 'uuid' })
  operatorId!: string;

  @Column({ type: 'text' })
  role!: Role;

  @ForeignKey('TenantEntity', { name: 'role_bindings_tenant_fkey', onDelete: 'CASCADE' })
  @Column({ name: 'tenant_id', type: 'uuid', nullable: true })
  tenantId!: string | null;
}
