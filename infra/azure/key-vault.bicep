// Key Vault: the one key that wraps the data keys of all subjects. It never leaves the vault.

@description('Makes names unique.')
param token string

@description('The region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The web app: wraps the keys of new subjects and opens what it shows.')
param webPrincipalId string

@description('A developer with the same right; empty: nobody has.')
param developerPrincipalId string

var cryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    // Without this, losing the key would lose every person's data at once. The name stays taken after a
    // deletion: the README says what that means for `just azure down`.
    enablePurgeProtection: true
    softDeleteRetentionInDays: 7
  }

  resource kek 'keys' = {
    name: 'kek'
    properties: {
      kty: 'RSA'
      keySize: 3072
      keyOps: ['wrapKey', 'unwrapKey']
    }
  }
}

resource webWraps 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault::kek
  name: guid(vault::kek.id, webPrincipalId, cryptoUser)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cryptoUser)
    principalId: webPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource developerWraps 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(developerPrincipalId)) {
  scope: vault::kek
  name: guid(vault::kek.id, developerPrincipalId, cryptoUser)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cryptoUser)
    principalId: developerPrincipalId
    principalType: 'User'
  }
}

output kekId string = vault::kek.properties.keyUri
