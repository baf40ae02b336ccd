// Put into an Electron that was brought without a starter of its own: it starts the app named on the command line, as
// Electron's own does.   electron [--flags] path/to/app [arguments]   |   electron --version
const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { app } = require('electron');

const words = process.argv.slice(1);
if (words.includes('--version')) {
  console.log(`v${process.versions.electron}`);
  process.exit(0);
}
const folder = path.resolve(words.find((word) => !word.startsWith('-')) ?? '.');
try {
  const about = path.join(folder, 'package.json');
  if (existsSync(about)) {
    const { name, version } = JSON.parse(readFileSync(about, 'utf8'));
    app.name = name;
    app.setVersion(version);
  }
  app.setAppPath(folder);
  Module._load(Module._resolveFilename(folder, null, true), module, true);
} catch (error) {
  console.error(`${folder} does not start in Electron ${process.versions.electron}:\n`, error);
  process.exit(1);
}
