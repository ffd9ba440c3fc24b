// Who may do what with which container. Creating containers and procedures is management: nobody here may.
//
// A procedure acts with full rights inside its container, so these roles bound callers, not the JavaScript.

@description('The account.')
param accountName string

@description('The database.')
param database string

@description('The web app: appends events, makes keys, reads and mends views.')
param webPrincipalId string

@description('The workers: read events, keep what follows from them.')
param workerPrincipalId string

@description('The job that forgets.')
param eraserPrincipalId string

@description('A developer with all of these rights; empty: nobody has.')
param developerPrincipalId string

// Derived from the events: whoever keeps them may write and delete them.
var derived = ['views', 'leases', 'snapshots', 'parked', 'billing', 'notifications', 'grid']

var readActions = [
  'Microsoft.DocumentDB/databaseAccounts/readMetadata'
  'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read'
  'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery'
  'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/readChangeFeed'
]
var contributor = '${account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002'

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' existing = {
  name: accountName
}

resource reader 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: account
  name: guid(account.id, 'reader')
  properties: {
    roleName: 'Daybook reader'
    type: 'CustomRole'
    assignableScopes: ['${account.id}/dbs/${database}/colls/events']
    permissions: [{ dataActions: readActions }]
  }
}

// Every process opens all containers; what is in these it need not know.
resource opener 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: account
  name: guid(account.id, 'opener')
  properties: {
    roleName: 'Daybook opener'
    type: 'CustomRole'
    assignableScopes: [
      '${account.id}/dbs/${database}/colls/keys'
      '${account.id}/dbs/${database}/colls/people'
    ]
    permissions: [{ dataActions: ['Microsoft.DocumentDB/databaseAccounts/readMetadata'] }]
  }
}

// Neither replace nor upsert nor delete: the log is append-only by authorisation.
resource appender 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: account
  name: guid(account.id, 'appender')
  properties: {
    roleName: 'Daybook appender'
    type: 'CustomRole'
    assignableScopes: ['${account.id}/dbs/${database}/colls/events']
    permissions: [
      {
        dataActions: concat(readActions, [
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeStoredProcedure'
        ])
      }
    ]
  }
}

// Makes keys, and never touches one again.
resource maker 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: account
  name: guid(account.id, 'maker')
  properties: {
    roleName: 'Daybook maker of keys'
    type: 'CustomRole'
    assignableScopes: ['${account.id}/dbs/${database}/colls/keys']
    permissions: [
      {
        dataActions: concat(readActions, [
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
        ])
      }
    ]
  }
}

// People change their address, and what is forgotten is replaced by a marker: nothing is deleted.
resource editor 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: account
  name: guid(account.id, 'editor')
  properties: {
    roleName: 'Daybook editor'
    type: 'CustomRole'
    assignableScopes: [
      '${account.id}/dbs/${database}/colls/keys'
      '${account.id}/dbs/${database}/colls/people'
    ]
    permissions: [
      {
        dataActions: concat(readActions, [
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/replace'
        ])
      }
    ]
  }
}

// Seals and blanks a stream. The only role that changes what is in the log.
resource eraser 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-04-15' = {
  parent: account
  name: guid(account.id, 'eraser')
  properties: {
    roleName: 'Daybook eraser'
    type: 'CustomRole'
    assignableScopes: ['${account.id}/dbs/${database}/colls/events']
    permissions: [
      {
        dataActions: concat(readActions, [
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/replace'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/delete'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeStoredProcedure'
        ])
      }
    ]
  }
}

resource webAppends 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: account
  name: guid(account.id, 'events', webPrincipalId)
  properties: {
    roleDefinitionId: appender.id
    principalId: webPrincipalId
    scope: '${account.id}/dbs/${database}/colls/events'
  }
}

resource webMakes 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: account
  name: guid(account.id, 'keys', webPrincipalId)
  properties: {
    roleDefinitionId: maker.id
    principalId: webPrincipalId
    scope: '${account.id}/dbs/${database}/colls/keys'
  }
}

resource webEdits 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: account
  name: guid(account.id, 'people', webPrincipalId)
  properties: {
    roleDefinitionId: editor.id
    principalId: webPrincipalId
    scope: '${account.id}/dbs/${database}/colls/people'
  }
}

resource webKeeps 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in derived: {
    parent: account
    name: guid(account.id, container, webPrincipalId)
    properties: {
      roleDefinitionId: contributor
      principalId: webPrincipalId
      scope: '${account.id}/dbs/${database}/colls/${container}'
    }
  }
]

resource workerReads 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: account
  name: guid(account.id, 'events', workerPrincipalId)
  properties: {
    roleDefinitionId: reader.id
    principalId: workerPrincipalId
    scope: '${account.id}/dbs/${database}/colls/events'
  }
}

resource workerOpens 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in ['keys', 'people']: {
    parent: account
    name: guid(account.id, container, workerPrincipalId)
    properties: {
      roleDefinitionId: opener.id
      principalId: workerPrincipalId
      scope: '${account.id}/dbs/${database}/colls/${container}'
    }
  }
]

resource workerKeeps 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in derived: {
    parent: account
    name: guid(account.id, container, workerPrincipalId)
    properties: {
      roleDefinitionId: contributor
      principalId: workerPrincipalId
      scope: '${account.id}/dbs/${database}/colls/${container}'
    }
  }
]

resource eraserErases 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = {
  parent: account
  name: guid(account.id, 'events', eraserPrincipalId)
  properties: {
    roleDefinitionId: eraser.id
    principalId: eraserPrincipalId
    scope: '${account.id}/dbs/${database}/colls/events'
  }
}

resource eraserEdits 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in ['keys', 'people']: {
    parent: account
    name: guid(account.id, container, eraserPrincipalId)
    properties: {
      roleDefinitionId: editor.id
      principalId: eraserPrincipalId
      scope: '${account.id}/dbs/${database}/colls/${container}'
    }
  }
]

resource eraserKeeps 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in derived: {
    parent: account
    name: guid(account.id, container, eraserPrincipalId)
    properties: {
      roleDefinitionId: contributor
      principalId: eraserPrincipalId
      scope: '${account.id}/dbs/${database}/colls/${container}'
    }
  }
]

resource developerErases 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = if (!empty(developerPrincipalId)) {
  parent: account
  name: guid(account.id, 'events', developerPrincipalId)
  properties: {
    roleDefinitionId: eraser.id
    principalId: developerPrincipalId
    scope: '${account.id}/dbs/${database}/colls/events'
  }
}

resource developerEdits 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in ['keys', 'people']: if (!empty(developerPrincipalId)) {
    parent: account
    name: guid(account.id, container, developerPrincipalId)
    properties: {
      roleDefinitionId: editor.id
      principalId: developerPrincipalId
      scope: '${account.id}/dbs/${database}/colls/${container}'
    }
  }
]

resource developerKeeps 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15' = [
  for container in derived: if (!empty(developerPrincipalId)) {
    parent: account
    name: guid(account.id, container, developerPrincipalId)
    properties: {
      roleDefinitionId: contributor
      principalId: developerPrincipalId
      scope: '${account.id}/dbs/${database}/colls/${container}'
    }
  }
]
