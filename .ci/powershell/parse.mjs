// Parses all PowerShell scripts of a folder, and says what is wrong with them:
//   - nodes that the grammar does not know, or misses;
//   - commands that are neither functions of the script nor in cmdlets.json, and parameters that these do not have;
//   - in a folder with a base.ps1, scripts that differ from it in anything but the text of strings and comments.
// Usage: node parse.mjs FOLDER
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

const require = createRequire(import.meta.url);
const grammar = require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm');
const cmdlets = JSON.parse(fs.readFileSync(new URL('cmdlets.json', import.meta.url), 'utf8'));
const common = ['WhatIf', 'Confirm', 'ErrorAction', 'Verbose'];
const free = new Set(['verbatim_string_characters', 'comment']);

await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(grammar));

const problems = [];
let scripts = 0;

function* nodes(node) {
  yield node;
  for (let i = 0; i < node.childCount; i++) yield* nodes(node.child(i));
}

function parse(file) {
  const tree = parser.parse(fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  scripts++;
  const report = (node, what) => problems.push(`${file}:${node.startPosition.row + 1}: ${what}`);
  const all = [...nodes(tree.rootNode)];
  for (const node of all) {
    if (node.isError || node.isMissing) report(node, `not PowerShell: ${node.text.slice(0, 60)}`);
  }
  checkCommands(all, report);
  return all.filter((n) => n.childCount === 0 || free.has(n.type))
    .map((n) => (free.has(n.type) ? n.type : `${n.type} ${n.text}`)).join('\n');
}

// parametersOf are the names in the param block of a function.
function parametersOf(definition) {
  const names = [];
  for (const node of nodes(definition)) {
    if (node.type === 'script_parameter') {
      names.push([...nodes(node)].find((n) => n.type === 'variable').text.slice(1));
    }
  }
  return names;
}

function checkCommands(all, report) {
  const known = new Map(Object.entries(cmdlets).map(([name, parameters]) => [name, [...parameters, ...common]]));
  for (const node of all.filter((n) => n.type === 'function_statement')) {
    known.set([...nodes(node)].find((n) => n.type === 'function_name').text, parametersOf(node));
  }
  for (const command of all.filter((n) => n.type === 'command')) {
    const name = command.childForFieldName('command_name');
    if (name.type !== 'command_name') continue; // & $block, & netsh.exe
    const parameters = known.get(name.text);
    if (!parameters) {
      report(command, `unknown command ${name.text}`);
      continue;
    }
    const elements = command.childForFieldName('command_elements');
    for (let i = 0; elements && i < elements.childCount; i++) {
      const given = elements.child(i);
      if (given.type === 'command_parameter' && !parameters.includes(given.text.replace(/^-|:$/g, ''))) {
        report(given, `${name.text} has no parameter ${given.text}`);
      }
    }
  }
}

function visit(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  const shapes = new Map();
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) visit(file);
    else if (entry.name.endsWith('.ps1')) shapes.set(entry.name, parse(file));
  }
  const base = shapes.get('base.ps1');
  for (const [name, shape] of shapes) {
    if (base !== undefined && shape !== base) problems.push(`${path.join(folder, name)}: another shape than base.ps1`);
  }
}

visit(process.argv[2]);
problems.slice(0, 20).forEach((p) => console.error(p));
console.log(`${scripts} PowerShell scripts, ${problems.length} problems`);
process.exit(problems.length || !scripts ? 1 : 0);
