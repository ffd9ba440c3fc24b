// Cosmos DB: the account, the database, every container, and the procedure that appends.
//
// Containers are compared with the `ContainerSpec`s of the modules by the tests of infra/proof/parity.

@description('Makes names unique.')
param token string

@description('The region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The database.')
param database string

// What is found by its id alone pays for no other index.
var onlyById = {
  indexingMode: 'consistent'
  automatic: true
  includedPaths: [{ path: '/id/?' }]
  excludedPaths: [{ path: '/*' }]
}

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-04-15' = {
  name: 'cosmos-${token}'
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [{ locationName: location, failoverPriority: 0 }]
    capabilities: [{ name: 'EnableServerless' }]
    disableLocalAuth: true
    minimalTlsVersion: 'Tls12'
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    // Erased data can be restored for as long as these backups live. Seven days is the shorter of the two tiers.
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: { tier: 'Continuous7Days' }
    }
  }

  resource daybook 'sqlDatabases' = {
    name: database
    properties: { resource: { id: database } }

    resource events 'containers' = {
      name: 'events'
      properties: {
        resource: {
          id: 'events'
          partitionKey: { paths: ['/stream'], kind: 'Hash', version: 2 }
          uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/meta/event_id'] }] }
          indexingPolicy: {
            indexingMode: 'consistent'
            automatic: true
            includedPaths: [{ path: '/version/?' }, { path: '/type/?' }, { path: '/meta/event_id/?' }]
            excludedPaths: [{ path: '/*' }]
          }
        }
      }

      resource append 'storedProcedures' = {
        name: 'append_to_stream'
        properties: {
          resource: {
            id: 'append_to_stream'
            body: loadTextContent('../../workshop/01-event-store/solution/src/append_to_stream.js')
          }
        }
      }
    }

    // Views are there to be asked: everything is indexed, which is the default.
    resource views 'containers' = {
      name: 'views'
      properties: {
        resource: {
          id: 'views'
          partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
        }
      }
    }

    resource leases 'containers' = {
      name: 'leases'
      properties: {
        resource: {
          id: 'leases'
          partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
          indexingPolicy: onlyById
        }
      }
    }

    resource snapshots 'containers' = {
      name: 'snapshots'
      properties: {
        resource: {
          id: 'snapshots'
          partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
          indexingPolicy: onlyById
        }
      }
    }

    resource keys 'containers' = {
      name: 'keys'
      properties: {
        resource: {
          id: 'keys'
          partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
          indexingPolicy: onlyById
        }
      }
    }

    resource people 'containers' = {
      name: 'people'
      properties: {
        resource: {
          id: 'people'
          partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
          indexingPolicy: onlyById
        }
      }
    }

    // What the consumers of the sample keep. Each has its own.
    resource billing 'containers' = {
      name: 'billing'
      properties: {
        resource: {
          id: 'billing'
          partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
          indexingPolicy: onlyById
        }
      }
    }

    resource notifications 'containers' = {
      name: 'notifications'
      properties: {
        resource: {
          id: 'notifications'
          partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
          indexingPolicy: onlyById
        }
      }
    }

    resource grid 'containers' = {
      name: 'grid'
      properties: {
        resource: {
          id: 'grid'
          partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
          indexingPolicy: onlyById
        }
      }
    }

    resource parked 'containers' = {
      name: 'parked'
      properties: {
        resource: {
          id: 'parked'
          partitionKey: { paths: ['/processor'], kind: 'Hash', version: 2 }
          indexingPolicy: onlyById
        }
      }
    }
  }
}

output accountName string = account.name
output endpoint string = account.properties.documentEndpoint
