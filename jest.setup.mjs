// Nest 12 is ESM only: loading it first keeps CommonJS packages that require it out of an import cycle.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
