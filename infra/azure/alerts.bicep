// Who is woken by what: views that fall behind, processors that halt, messages nobody could use.

@description('Makes names unique.')
param token string

@description('The region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Who is told; empty: alerts are only kept.')
param email string

@description('The Log Analytics workspace.')
param workspaceName string

@description('The Service Bus namespace.')
param namespaceName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource told 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'daybook'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

// Workers print how far they are behind: `lag_seconds=…`.
resource behind 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = {
  name: 'views-behind-${token}'
  location: location
  tags: tags
  properties: {
    displayName: 'Views are more than a minute behind'
    severity: 2
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    // The table is made by the first line that is printed.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: '''
            ContainerAppConsoleLogs_CL
            | where ContainerAppName_s == 'energy-worker'
            | extend lag = todouble(extract(@'lag_seconds=([0-9.]+)', 1, Log_s))
            | where lag > 60
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 2, minFailingPeriodsToAlert: 2 }
        }
      ]
    }
    actions: { actionGroups: empty(email) ? [] : [told.id] }
  }
}

resource halted 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = {
  name: 'halted-${token}'
  location: location
  tags: tags
  properties: {
    displayName: 'A processor halted, or a view was given up'
    severity: 1
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: '''
            ContainerAppConsoleLogs_CL
            | where ContainerAppName_s == 'energy-worker'
            | where Log_s has 'ERROR' and (Log_s has 'halted' or Log_s has 'parked a view')
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: empty(email) ? [] : [told.id] }
  }
}

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'dead-letters-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'A subscription has dead letters'
    severity: 2
    enabled: true
    scopes: [namespace.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead letters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Average'
        }
      ]
    }
    actions: empty(email) ? [] : [{ actionGroupId: told.id }]
  }
}
