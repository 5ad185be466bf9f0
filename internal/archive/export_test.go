package archive

// ReadBack is what BackupTo does before it reports success.
var ReadBack = readBack
